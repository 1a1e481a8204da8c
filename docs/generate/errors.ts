/** The page of what goes wrong: exit codes, errors of the command, and failures of stages. */

import ts from "typescript"
import { meanings } from "./failures.ts"
import { code, paragraphs, prose, sentence, table } from "./markdown.ts"
import { docstring, pathOf, type Source } from "./source.ts"

export const errorsPage = (source: Source): string => {
  const failures = stageFailures(source)
  checkMeanings([...failures.keys()])
  return paragraphs(
    "# Errors",
    "## Exit codes",
    table(
      ["code", ""],
      exitCodes(source).map(({ value, doc, name }) => [code(value), sentence(doc || name)]),
    ),
    "## Errors of the command",
    `A command that fails prints one message on stderr. Programs that use the runtime see it as an error with this ${code("_tag")}.`,
    commandErrors(source).map(({ tag, doc, fields, exit }) =>
      paragraphs(`### ${tag}`, prose(doc), `${fields.length === 0 ? "" : `Fields: ${fields.map(code).join(", ")}. `}Exit code ${exit}.`),
    ),
    "## Failures of stages",
    `A stage that fails ends a run with exit code 1. The event ${code("stage.failed")} and the record of the failure carry its tag and details. A stage of yours throws ${code("new StageError(tag, message, details)")}; these are the tags that Assay's own code gives. An error of another class has its name for a tag.`,
    [...failures]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([tag, places]) => {
        const [meaning, remedy] = meanings[tag] ?? ["", ""]
        const details = [...new Set(places.flatMap((place) => place.details))]
        return paragraphs(
          `### ${tag}`,
          prose(`${meaning} ${remedy}`),
          `${details.length === 0 ? "" : `Details: ${details.map(code).join(", ")}. `}Thrown in ${[...new Set(places.map(({ path }) => code(path)))].join(", ")}.`,
        )
      }),
  )
}

const checkMeanings = (thrown: ReadonlyArray<string>): void => {
  const missing = thrown.filter((tag) => !Object.hasOwn(meanings, tag))
  const gone = Object.keys(meanings).filter((tag) => !thrown.includes(tag))
  if (missing.length > 0)
    throw new Error(
      `stages fail with ${missing.join(", ")}, which docs/generate/failures.ts does not explain: add what it means and what to do`,
    )
  if (gone.length > 0) throw new Error(`no stage fails with ${gone.join(", ")} any more: take it out of docs/generate/failures.ts`)
}

interface Place {
  readonly path: string
  readonly details: ReadonlyArray<string>
}

/** What takes a tag first: errors that stages throw, and what the runtime says of a stage. */
const takesTag = (node: ts.NewExpression | ts.CallExpression): boolean => {
  const name = node.expression.getText()
  return name === "StageError" || (name === "refusal" && pathOf(node.getSourceFile()).startsWith("runtime/execute/"))
}

/**
 * Every tag in Assay's own code, with where it is given. A tag that is not written out cannot be
 * listed, and is refused.
 */
export const stageFailures = (source: Source): ReadonlyMap<string, ReadonlyArray<Place>> => {
  const found = new Map<string, Array<Place>>()
  const add = (tag: ts.Expression | undefined, details: ts.Node | undefined, node: ts.Node): void => {
    const path = pathOf(node.getSourceFile())
    // An error of the parent process goes on under the tag that it has there.
    if (path.startsWith("runtime/execute/executor/") && tag?.getText() === "tag") return
    if (tag === undefined || !ts.isStringLiteral(tag))
      throw new Error(`${path}: the tag in ${node.getText().slice(0, 60)} is not written out, so it cannot be documented`)
    list(tag.text, details, node)
  }
  const list = (tag: string, details: ts.Node | undefined, node: ts.Node): void => {
    found.set(tag, [...(found.get(tag) ?? []), { path: pathOf(node.getSourceFile()), details: keysOf(details) }])
  }
  const visit = (node: ts.Node): void => {
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && takesTag(node)) add(node.arguments?.[0], node.arguments?.[2], node)
    // Of those who were asked: a stage gets it as a StageError of the same tag.
    if (ts.isNewExpression(node) && node.expression.getText() === "NotAnswered") {
      const fields = node.arguments?.[0]
      const details = fields !== undefined && ts.isObjectLiteralExpression(fields) ? propertyOf(fields, "details") : undefined
      list("NotAnswered", details, node)
    }
    // A failure that the runtime words itself. Where the tag is another error's, that one is
    // listed.
    if (ts.isObjectLiteralExpression(node) && pathOf(node.getSourceFile()).startsWith("runtime/execute/")) {
      const tag = propertyOf(node, "tag")
      if (tag !== undefined && ts.isStringLiteral(tag)) add(tag, undefined, node)
    }
    ts.forEachChild(node, visit)
  }
  for (const file of source.modules) visit(file)
  return found
}

const propertyOf = (object: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined =>
  object.properties.filter(ts.isPropertyAssignment).find((property) => property.name.getText() === name)?.initializer

/** Names of fields, also of those that are there at times: `...(x === undefined ? {} : { x })`. */
const keysOf = (node: ts.Node | undefined): ReadonlyArray<string> => {
  if (node === undefined) return []
  if (!ts.isObjectLiteralExpression(node)) {
    const inside: Array<string> = []
    ts.forEachChild(node, (child) => {
      inside.push(...keysOf(child))
    })
    return inside
  }
  return node.properties.flatMap((property) =>
    ts.isSpreadAssignment(property) ? keysOf(property.expression) : [property.name?.getText() ?? ""],
  )
}

interface CommandError {
  readonly tag: string
  readonly doc: string
  readonly fields: ReadonlyArray<string>
  readonly exit: string
}

/** Modules whose errors a caller sees. */
const errorModules = ["dsl/error.ts", "runtime/error.ts", "data/error.ts", "cli/error.ts"]

const commandErrors = (source: Source): ReadonlyArray<CommandError> => {
  const exits = exitsByTag(source)
  return errorModules.flatMap((path) =>
    [...source.exportsOf(path)].flatMap(([tag, symbol]) => {
      if (symbol.valueDeclaration === undefined || !ts.isClassDeclaration(symbol.valueDeclaration)) return []
      const type = source.checker.getDeclaredTypeOfSymbol(symbol)
      const fields = source.checker
        .getPropertiesOfType(type)
        .filter((property) => isOwnField(property) && !["_tag", "message"].includes(property.name))
      return [{ tag, doc: docstring(source.checker, symbol), fields: fields.map(({ name }) => name), exit: exits(tag) }]
    }),
  )
}

/** Declared here, and not by a package or the language. */
const isOwnField = (property: ts.Symbol): boolean => (property.declarations ?? []).some((node) => !node.getSourceFile().isDeclarationFile)

const constant = (source: Source, path: string, name: string): ts.ObjectLiteralExpression => {
  let found: ts.ObjectLiteralExpression | undefined
  ts.forEachChild(source.module(path), (statement) => {
    if (!ts.isVariableStatement(statement)) return
    for (const { name: declared, initializer } of statement.declarationList.declarations) {
      const value = initializer !== undefined && ts.isAsExpression(initializer) ? initializer.expression : initializer
      if (declared.getText() === name && value !== undefined && ts.isObjectLiteralExpression(value)) found = value
    }
  })
  if (found === undefined) throw new Error(`${path} declares no object ${name}`)
  return found
}

const exitFile = "cli/exit.ts"

const exitCodes = (source: Source) =>
  constant(source, exitFile, "exitCodes")
    .properties.filter(ts.isPropertyAssignment)
    .map((property) => ({
      name: property.name.getText(),
      value: property.initializer.getText(),
      doc: docstring(source.checker, source.checker.getSymbolAtLocation(property.name)),
    }))

/** The code by the tag of an error; what is not listed is wrong usage. */
const exitsByTag = (source: Source): ((tag: string) => string) => {
  const values = new Map(exitCodes(source).map(({ name, value }) => [name, value]))
  const listed = new Map(
    constant(source, exitFile, "codes")
      .properties.filter(ts.isPropertyAssignment)
      .map((property) => [property.name.getText(), values.get(property.initializer.getText().replace("exitCodes.", "")) ?? ""]),
  )
  return (tag) => listed.get(tag) ?? values.get("usage") ?? ""
}
