/** What README shows must be true of the language as it is. */

import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import ts from "typescript"
import { expect, test } from "vitest"

const root = resolve(import.meta.dirname, "..")

/** The TypeScript examples by file name: their first line where it names one, else their number. */
const examples = (): ReadonlyMap<string, string> => {
  const blocks = [...readFileSync(resolve(root, "README.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? "")
  return new Map(
    blocks.map((block, index) => [resolve(root, "test", /^\/\/ (\S+\.ts)\n/.exec(block)?.[1] ?? `example-${index}.ts`), block]),
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
  expect(files.size).toBeGreaterThanOrEqual(4)
  expect(problemsIn(files)).toEqual([])
})

test("an example that did not compile would be found", () => {
  const broken = new Map([[resolve(root, "test", "broken.ts"), `import { sft } from "assay/stages"\nsft({ steps: "many" })\n`]])
  expect(problemsIn(broken).join()).toContain("is not assignable to type 'number'")
})
