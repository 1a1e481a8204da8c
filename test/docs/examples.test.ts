/** What pages show must be true of the language and of the command as they are. */

import { expect, test } from "vitest"
import { wrongCalls } from "./command.ts"
import { problemsOf } from "./compile.ts"
import { parsePage, writtenPages } from "./page.ts"

const pages = writtenPages()

const page = (text: string) => parsePage("docs/page.md", text)

test("examples compile, and those that must not do not", () => {
  expect(pages.flatMap(({ blocks }) => blocks.filter(({ language }) => language === "ts")).length).toBeGreaterThanOrEqual(4)
  expect(problemsOf(pages)).toEqual([])
})

test("an example that does not compile is found at its line", () => {
  const problems = problemsOf([page('# Page\n\n```ts\nimport { sft } from "assay/stages"\n\nsft({ steps: "many" })\n```\n')])
  expect(problems.join("\n")).toContain("docs/page.md:6: ")
  expect(problems.join("\n")).toContain("is not assignable to type 'number'")
})

test("hidden lines are part of an example, and do not shift its lines", () => {
  const given = '<!-- given\nimport { ipo } from "assay/stages"\n-->\n```ts\n'
  expect(problemsOf([page(`${given}ipo({ beta: 1 })\n\`\`\`\n`)])).toEqual([])
  expect(problemsOf([page(`${given}ipo({ beta: "1" })\n\`\`\`\n`)]).join()).toContain("docs/page.md:5: ")
})

test("blocks of a page import each other by their names, and a second one of a name is its next version", () => {
  const first = '```ts [a.ts]\nexport const x = 1\n```\n```ts [b.ts]\nimport { x } from "./a.ts"\nexport const y: number = x\n```\n'
  expect(problemsOf([page(first)])).toEqual([])
  expect(problemsOf([page(`${first}\`\`\`ts [a.ts]\nexport const x = "text"\n\`\`\`\n`)]).join()).toContain("'string' is not assignable")
})

test("an example that must fail and compiles, or fails for another reason, is found", () => {
  expect(problemsOf([page("```ts fails\nexport const x = 1\n```\n")]).join()).toContain("and it compiles")
  const wrong = (reason: string) => page(`\`\`\`ts fails "${reason}"\nexport const x: number = "text"\n\`\`\`\n`)
  expect(problemsOf([wrong("is not assignable")])).toEqual([])
  expect(problemsOf([wrong("has no member")]).join()).toContain("fails with")
})

test("commands call verbs and flags that exist", async () => {
  expect(await wrongCalls(pages)).toEqual([])
})

test("a verb or flag that does not exist is found at its line", async () => {
  const found = await wrongCalls([page("```sh\nnpx assay fly\nnpx assay show x --rows 3 --colour\n```\n")])
  expect(found).toHaveLength(2)
  expect(found[0]).toContain("docs/page.md:2: there is no verb fly")
  expect(found[1]).toContain("docs/page.md:3: assay show has no flag --colour")
})
