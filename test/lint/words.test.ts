/** The lint of phrases and of wide comments finds what it is for, and nothing else. */

import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { expect, onTestFinished, test } from "vitest"

const lint = resolve(import.meta.dirname, "../../.ci/words.mjs")

/** What is found in a file of this text, without the file's place. */
const problems = (text: string) => {
  const folder = mkdtempSync(join(tmpdir(), "assay-words-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, "a.ts")
  writeFileSync(file, text)
  const { status, stderr } = spawnSync(process.execPath, [lint, file], { encoding: "utf8" })
  return { status, found: stderr.replaceAll(file, "a.ts").trim() }
}

test("a phrase to lose is found at its line, with what to write instead", () => {
  expect(problems("// fine\n// the study is counted anew\n")).toEqual({ status: 1, found: 'a.ts:2: "anew": write again' })
})

test("a text without such phrases is well", () => {
  expect(problems("// there is no table of that name\nconst renewed = 1\n")).toEqual({ status: 0, found: "" })
})

test("wide comments are found; wide code is the formatter's", () => {
  const text = `// ${"x".repeat(98)}\nconst code = "${"x".repeat(120)}"\n`
  expect(problems(text)).toEqual({ status: 1, found: "a.ts:1: a comment is wider than 100 columns: wrap it" })
})
