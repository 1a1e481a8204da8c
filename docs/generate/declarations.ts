/**
 * Declarations as a user's compiler sees them: the text of `.d.ts` files, without implementations
 * and comments.
 */

import { dirname, resolve } from "node:path"
import ts from "typescript"
import { isOwn, pathOf, type Source } from "./source.ts"

export interface Declared {
  readonly name: string
  /** Of the module that declares it, from the root. */
  readonly path: string
  /** With the docstrings of its members, but not its own. */
  readonly text: string
  readonly withoutComments: string
  /** Names of our own that the text mentions, as it finds them. */
  readonly mentions: ReadonlyArray<Declared>
}

/** Finds declarations by module and name, through re-exports and imports. */
export const declarationsOf = (source: Source): ((path: string, name: string) => Declared | undefined) => {
  const files = new Map<string, ts.SourceFile>()
  const known = new Map<string, Declared>()

  /** The `.d.ts` of a module of ours. */
  const emitted = (path: string): ts.SourceFile => {
    const before = files.get(path)
    if (before !== undefined) return before
    let text = ""
    source.program.emit(source.module(path), (_, written) => (text = written), undefined, true)
    const file = ts.createSourceFile(`${path}.d.ts`, text, ts.ScriptTarget.Latest, true)
    files.set(path, file)
    return file
  }

  const find = (path: string, name: string): Declared | undefined => {
    const before = known.get(`${path} ${name}`)
    if (before !== undefined) return before
    const file = emitted(path)
    for (const statement of file.statements) {
      const elsewhere = importedName(statement, name)
      if (elsewhere !== undefined) {
        const target = moduleOf(path, elsewhere.from)
        return target === undefined ? undefined : find(target, elsewhere.name)
      }
    }
    const own = file.statements.filter((statement) => namesOf(statement).includes(name))
    if (own.length === 0) return undefined
    const mentions: Array<Declared> = []
    const declared = { name, path, text: join(own, (each) => each.getText()), withoutComments: join(own, bare), mentions }
    known.set(`${path} ${name}`, declared)
    for (const mentioned of new Set(own.flatMap(identifiers))) {
      const found = mentioned === name ? undefined : find(path, mentioned)
      if (found !== undefined) mentions.push(found)
    }
    return declared
  }

  /** The path of the module that a specifier names, if it is ours. */
  const moduleOf = (path: string, specifier: string): string | undefined => {
    const from = source.module(path).fileName
    if (specifier.startsWith(".")) return pathOf(source.module(resolve(dirname(from), specifier)))
    const options = source.program.getCompilerOptions()
    const file = ts.resolveModuleName(specifier, from, options, ts.sys, undefined, undefined, ts.ModuleKind.ESNext).resolvedModule
      ?.resolvedFileName
    const found = file === undefined || !isOwn(file) ? undefined : source.program.getSourceFile(file)
    return found === undefined ? undefined : pathOf(found)
  }
  return find
}

const join = (statements: ReadonlyArray<ts.Statement>, text: (statement: ts.Statement) => string): string =>
  statements.map((each) => text(each).replace(/^(export )?(declare )?/, "")).join("\n")

const printer = ts.createPrinter({ removeComments: true })

const bare = (statement: ts.Statement): string => printer.printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile())

/** What a statement declares. */
const namesOf = (statement: ts.Statement): ReadonlyArray<string> => {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText())
  const named = statement as ts.Statement & { readonly name?: ts.Node }
  return ts.isExportDeclaration(statement) || ts.isImportDeclaration(statement) || named.name === undefined ? [] : [named.name.getText()]
}

/** Where a name comes from that a statement imports or exports again. */
const importedName = (statement: ts.Statement, name: string): { readonly from: string; readonly name: string } | undefined => {
  const bindings = ts.isImportDeclaration(statement)
    ? statement.importClause?.namedBindings
    : ts.isExportDeclaration(statement)
      ? statement.exportClause
      : undefined
  if (bindings === undefined || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) return undefined
  const from = (statement as ts.ImportDeclaration).moduleSpecifier
  const found = bindings.elements.find((element) => element.name.text === name)
  if (found === undefined || from === undefined) return undefined
  return { from: (from as ts.StringLiteral).text, name: found.propertyName?.text ?? found.name.text }
}

const identifiers = (node: ts.Node): ReadonlyArray<string> => (ts.isIdentifier(node) ? [node.text] : children(node).flatMap(identifiers))

const children = (node: ts.Node): ReadonlyArray<ts.Node> => {
  const found: Array<ts.Node> = []
  ts.forEachChild(node, (child) => {
    found.push(child)
  })
  return found
}
