/** What README shows must be true of the language as it is. */

import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import ts from "typescript"
import { expect, test } from "vitest"

const root = resolve(import.meta.dirname, "..")

/** The TypeScript examples by file name, else by number. What a comment `<!-- given … -->` holds stands in front of the next one. */
const examples = (): ReadonlyMap<string, string> => {
  const parts = readFileSync(resolve(root, "README.md"), "utf8").matchAll(
    /(?:<!-- given\n(?<given>[\s\S]*?)-->\n)?```ts(?: \[(?<name>\S+)\])?\n(?<block>[\s\S]*?)```/g,
  )
  return new Map(
    [...parts].map(({ groups = {} }, index) => [
      resolve(root, "test", groups.name ?? `example-${index}.ts`),
      `${groups.given ?? ""}${groups.block ?? ""}`,
    ]),
  )
}

/** What the compiler says of files that exist in memory alone, under the project's own settings. */
const problemsIn = (files: ReadonlyMap<string, string>): ReadonlyArray<string> => {
  const { config } = ts.readConfigFile(resolve(root, "tsconfig.json"), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile } = host
  host.fileExists = (file) => files.has(file) || fileExists(file)
  host.readFile = (file) => files.get(file) ?? readFile(file)
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files.keys()].flatMap((file) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
  )
}

test("the examples of README compile", () => {
  const files = examples()
  expect(files.size).toBe(2)
  expect(problemsIn(files)).toEqual([])
})

test("an example that did not compile would be found", () => {
  const broken = new Map([[resolve(root, "test", "broken.ts"), `import { sft } from "assay/stages"\nsft({ steps: "many" })\n`]])
  expect(problemsIn(broken).join()).toContain("is not assignable to type 'number'")
})
