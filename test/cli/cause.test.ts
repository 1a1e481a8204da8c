import { expect, test } from "vitest"
import { formatCauses, formatDifference } from "../../cli/print/cause.ts"

const changed = (component: string, root: string) => ({ component, before: "a".repeat(64), after: null, root })

test("a stage's own changes come first, then each other stage once, with all that it changed", () => {
  const because = [
    changed("inputs.run", "sft"),
    { component: "parameters.beta", before: 0.1, after: 0.5, root: "arm" },
    changed("inputs.judge", "pairs"),
    changed("inputs.judge", "sft"),
  ]
  expect(formatCauses("arm", because)).toEqual([
    "parameters.beta: 0.1 → 0.5",
    "inputs.run, inputs.judge: changed by sft",
    "inputs.judge: changed by pairs",
  ])
})

test("stages beyond the most that are named are pluralize", () => {
  const because = ["a", "b", "c", "d"].map((root) => changed("inputs.evaluations", root))
  expect(formatCauses("figure", because, 3).slice(-2)).toEqual(["inputs.evaluations: changed by c", "and changed by 1 other stage"])
  expect(formatCauses("figure", because)).toHaveLength(4)
})

test("of two long texts, the part is shown in which they differ, on one line", () => {
  const text = `${"word ".repeat(100)}\n\nthe end`
  expect(formatDifference({ component: "parameters.title", before: `${text} of it`, after: `${text} of all` })).toBe(
    "parameters.title: …\\n\\nthe end of it → …\\n\\nthe end of all",
  )
  expect(formatDifference({ component: "parameters.title", before: "a b", after: "a\nb" })).toBe("parameters.title: a b → a\\nb")
  expect(formatDifference({ component: "never run", before: null, after: null })).toBe("never run")
})

test("code is named by the files that changed, a package by its version", () => {
  const code = { component: "code", before: "a".repeat(64), after: "b".repeat(64) }
  expect(formatDifference({ ...code, files: ["train.ts", "loss.ts"] })).toBe("code: train.ts, loss.ts changed")
  expect(formatDifference({ ...code, files: ["a.ts", "b.ts", "c.ts", "d.ts", "e.ts", "f.ts"] })).toBe(
    "code: a.ts, b.ts, c.ts, d.ts and 2 more changed",
  )
  expect(formatDifference({ ...code, files: [] })).toBe("code: aaaaaaaa → bbbbbbbb")
  const text = (before: string | null, after: string | null) => formatDifference({ component: "packages.effect", before, after })
  expect(text("4.1.0 sha512-aaa", "4.2.0 sha512-bbb")).toBe("packages.effect: 4.1.0 → 4.2.0")
  expect(text("4.1.0 sha512-aaa", "4.1.0 sha512-bbb")).toBe("packages.effect: 4.1.0, with different files")
  expect(text("not installed", "4.1.0 sha512-bbb")).toBe("packages.effect: not installed → 4.1.0")
  expect(text(null, "4.1.0")).toBe("packages.effect: none → 4.1.0")
})

test("a file of a program was edited, added or removed; its digests say nothing", () => {
  const digest = (letter: string) => letter.repeat(64)
  const told = (component: string, before: string | null, after: string | null) => formatDifference({ component, before, after })
  expect(told("program.files.train.py", digest("a"), digest("b"))).toBe("program.files.train.py: edited")
  expect(told("program.files.src/data.py", null, digest("b"))).toBe("program.files.src/data.py: added")
  expect(told("plugins.judge.program.files.reward.py", digest("a"), null)).toBe("plugins.judge.program.files.reward.py: removed")
  expect(told("program.environment.python", "Python 3.11.7", "Python 3.12.1")).toBe(
    "program.environment.python: Python 3.11.7 → Python 3.12.1",
  )
})
