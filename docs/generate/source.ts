/** The sources as the compiler sees them: one program for everything that is generated. */

import { resolve } from "node:path"
import ts from "typescript"

export const root = resolve(import.meta.dirname, "../..")

/** A program of whole modules, and what is asked of it. */
export interface Source {
  readonly checker: ts.TypeChecker
  readonly program: ts.Program
  /** Assay's own modules, by their path from the root, in order. */
  readonly modules: ReadonlyArray<ts.SourceFile>
  /** What a module exports, by name, with aliases followed to the declaration. */
  readonly exportsOf: (module: string) => ReadonlyMap<string, ts.Symbol>
  readonly module: (path: string) => ts.SourceFile
}

/** Rooms whose code is described. */
const rooms = ["dsl", "data", "engine", "learning", "runtime", "cli"]

export const readSource = (): Source => {
  const { config } = ts.readConfigFile(resolve(root, "tsconfig.json"), ts.sys.readFile)
  const include = rooms.filter((room) => ts.sys.directoryExists(resolve(root, room)))
  const { options, fileNames } = ts.parseJsonConfigFileContent({ ...config, include }, ts.sys, root)
  const program = ts.createProgram(fileNames, {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    removeComments: true,
  })
  const checker = program.getTypeChecker()
  const module = (path: string) => {
    const found = program.getSourceFile(resolve(root, path))
    if (found === undefined) throw new Error(`${path} is not among the modules of ${rooms.join(", ")}`)
    return found
  }
  return {
    checker,
    program,
    modules: program.getSourceFiles().filter(({ fileName }) => isOwn(fileName)),
    module,
    exportsOf: (path) => {
      const symbol = checker.getSymbolAtLocation(module(path))
      const exported = symbol === undefined ? [] : checker.getExportsOfModule(symbol)
      return new Map(exported.map((each) => [each.name, followed(checker, each)]))
    },
  }
}

/** Whether a file is ours, as opposed to a package's. */
export const isOwn = (file: string): boolean => file.startsWith(`${root}/`) && !file.includes("/node_modules/")

/** Whether a symbol that we export is declared by a package, which documents it. */
export const isForeign = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.length > 0 && declarations.every((declaration) => !isOwn(declaration.getSourceFile().fileName))

/** A file of ours by its path from the root. */
export const pathOf = (file: ts.SourceFile): string => file.fileName.slice(root.length + 1)

/** The symbol that an import or export stands for. */
export const followed = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol

/** The docstring of a declaration as it stands, without its markers; empty if there is none. */
export const docstring = (checker: ts.TypeChecker, symbol: ts.Symbol | undefined): string =>
  symbol === undefined ? "" : ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim()

/** The docstring at the head of a module. */
export const moduleDocstring = (file: ts.SourceFile): string => {
  const [first] = ts.getLeadingCommentRanges(file.text, 0) ?? []
  const text = first === undefined ? "" : file.text.slice(first.pos, first.end)
  return text.startsWith("/*")
    ? text
        .replace(/^\/\*\*?|\*\/$/g, "")
        .replace(/^\s*\* ?/gm, "")
        .trim()
    : ""
}
