/** Type-checks the TypeScript of pages, all in one program of files that exist in memory alone. */

import { dirname, resolve } from "node:path"
import ts from "typescript"
import { type Block, type Page, root } from "./page.ts"

/** A problem of an example, at its place on the page. */
export type Problem = string

interface Example {
  readonly file: string
  readonly page: Page
  readonly block: Block
}

export const problemsOf = (pages: ReadonlyArray<Page>): ReadonlyArray<Problem> => {
  const examples = pages.flatMap((page) => examplesOf(page))
  const program = programOf(new Map(examples.map(({ file, block }) => [file, block.given + block.text])))
  const problems = examples.flatMap((example) => {
    if (!isChecked(example.block)) return []
    const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(example.file))
    return example.block.flags.startsWith("fails") ? missingFailure(example, found) : found.map((each) => problemText(example, each))
  })
  // A file has the same problem in each version of its page.
  return [...new Set(problems)]
}

const isTypeScript = ({ language }: Block): boolean => language === "ts"

const isChecked = (block: Block): boolean => isTypeScript(block) && block.flags !== "skip"

/**
 * The files of a page. Named blocks lie in one folder. A block whose name is there already begins
 * the folder's next version, together with the blocks around it that no command separates from it.
 * Blocks without a name are modules of the version at their place.
 */
const examplesOf = (page: Page): ReadonlyArray<Example> => {
  const versions: Array<Map<string, Block>> = [new Map()]
  let written = new Set<string>()
  let isNew = true
  for (const block of page.blocks) {
    if (block.language === "sh") {
      written = new Set()
      isNew = false
    }
    if (block.name === undefined ? !isChecked(block) : block.flags === "skip" || block.name === "output") continue
    const name = block.name ?? `line-${block.line}.ts`
    const version = versions.at(-1) as Map<string, Block>
    if (version.has(name) && (!isNew || written.has(name))) {
      versions.push(new Map([...version, [name, block]]))
      written = new Set()
      isNew = true
    } else version.set(name, block)
    written.add(name)
  }
  const folder = resolve(root, "test/docs/examples", page.path.replaceAll("/", "-"))
  return versions.flatMap((version, index) =>
    [...version].map(([name, block]) => ({ file: resolve(folder, String(index), name), page, block })),
  )
}

/**
 * Sources that are not examples, parsed once: most of a program is the same from one to the next.
 */
const parsed = new Map<string, ts.SourceFile | undefined>()

const programOf = (files: ReadonlyMap<string, string>): ts.Program => {
  const { config } = ts.readConfigFile(resolve(root, "tsconfig.json"), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  // What a page has not come to yet may be declared before it is used.
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false, noUnusedParameters: false })
  const { fileExists, readFile, directoryExists } = host
  const parse = host.getSourceFile.bind(host)
  host.getSourceFile = (file, ...rest) => {
    if (files.has(file)) return parse(file, ...rest)
    if (!parsed.has(file)) parsed.set(file, parse(file, ...rest))
    return parsed.get(file)
  }
  const folders = new Set([...files.keys()].map((file) => dirname(file)))
  host.fileExists = (file) => files.has(file) || fileExists(file)
  host.readFile = (file) => files.get(file) ?? readFile(file)
  host.directoryExists = (folder) => folders.has(folder) || directoryExists?.(folder) === true
  const modules = [...files.keys()].filter((file) => file.endsWith(".ts"))
  return ts.createProgram(modules, { ...options, noUnusedLocals: false, noUnusedParameters: false, resolveJsonModule: true }, host)
}

const problemText = ({ page, block }: Example, { file, start = 0, messageText }: ts.Diagnostic): Problem => {
  const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) - (block.given.split("\n").length - 1)
  return `${page.path}:${block.line + line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
}

/**
 * What is wrong with an example that must not compile: it does, or for another reason than the page
 * says.
 */
const missingFailure = ({ page, block }: Example, found: ReadonlyArray<ts.Diagnostic>): ReadonlyArray<Problem> => {
  const reason = /"(.*)"/.exec(block.flags)?.[1] ?? ""
  const texts = found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))
  if (texts.some((text) => text.includes(reason))) return []
  const what = texts.length === 0 ? "compiles" : `fails with ${JSON.stringify(texts.join("; "))}`
  return [`${page.path}:${block.line}: the page says that this does not compile${reason === "" ? "" : ` (${reason})`}, and it ${what}`]
}
