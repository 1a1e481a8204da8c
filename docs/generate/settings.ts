/** The page of environment variables: the interface that the runtime reads them by. */

import ts from "typescript"
import { code, paragraphs, sentence, table } from "./markdown.ts"
import { docstring, pathOf, type Source } from "./source.ts"

export const settingsPage = (source: Source): string =>
  paragraphs(
    "# Settings",
    "Environment variables, read when a command starts. Sizes in bytes are written with a unit: `500MB`, `8GB`.",
    table(
      ["variable", ""],
      variables(source).map(({ name, doc }) => [code(name), sentence(doc)]),
    ),
    `The project root is the nearest folder with a ${code("package.json")} at or above the working directory, else the working directory.`,
  )

/** Every variable that is declared, after a check that no module reads another. */
export const variables = (source: Source): ReadonlyArray<{ readonly name: string; readonly doc: string }> => {
  const symbol = source.exportsOf("runtime/settings.ts").get("Variables")
  if (symbol === undefined) throw new Error("runtime/settings.ts declares no interface Variables")
  const properties = source.checker.getPropertiesOfType(source.checker.getDeclaredTypeOfSymbol(symbol))
  const declared = properties.map((property) => ({ name: property.name, doc: docstring(source.checker, property) }))
  for (const file of source.modules)
    for (const read of readVariables(file))
      if (!declared.some(({ name }) => name === read))
        throw new Error(`${pathOf(file)} reads ${read}: declare it in Variables of runtime/settings.ts`)
  return declared
}

/** `….ASSAY_X` and `…["ASSAY_X"]`. */
const readVariables = (file: ts.SourceFile): ReadonlyArray<string> => {
  const found: Array<string> = []
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.name.text.startsWith("ASSAY_")) found.push(node.name.text)
    if (
      ts.isElementAccessExpression(node) &&
      ts.isStringLiteral(node.argumentExpression) &&
      node.argumentExpression.text.startsWith("ASSAY_")
    )
      found.push(node.argumentExpression.text)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
