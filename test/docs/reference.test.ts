/** What is generated from the sources is what is committed, and says something of everything. */

import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { expect, test } from "vitest"
import { undocumented } from "../../docs/generate/api.ts"
import { columnsWithoutDocstring } from "../../docs/generate/artifacts.ts"
import { generatedFiles } from "../../docs/generate/pages.ts"
import { readSource, root } from "../../docs/generate/source.ts"
import { parametersWithoutDocstring } from "../../docs/generate/stages.ts"

const source = readSource()

test("the reference and the API report are those of the sources", async () => {
  for (const [file, text] of await generatedFiles(source)) {
    const path = resolve(root, file)
    const committed = existsSync(path) ? readFileSync(path, "utf8") : ""
    expect(committed, `${file} is not what the sources say: run "npm run reference" and review the difference`).toBe(text)
  }
}, 180_000)

test("everything that a user can import has a docstring", () => {
  expect(undocumented(source)).toEqual([])
})

test("every parameter of a standard stage is described", () => {
  expect(parametersWithoutDocstring(source)).toEqual([])
})

test("every column of a standard table is described", () => {
  expect(columnsWithoutDocstring(source)).toEqual([])
})
