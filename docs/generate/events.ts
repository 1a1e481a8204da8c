/** The page of what `assay run --json` prints: the members of RunEvent. */

import ts from "typescript"
import { block, code, paragraphs, prose } from "./markdown.ts"
import { shapeText } from "./shape.ts"
import { docstring, type Source } from "./source.ts"

export const eventsPage = (source: Source): string => {
  const { checker } = source
  const symbol = source.exportsOf("runtime/observe/event.ts").get("RunEvent")
  const alias = symbol?.declarations?.find(ts.isTypeAliasDeclaration)
  if (symbol === undefined || alias === undefined || !ts.isUnionTypeNode(alias.type))
    throw new Error("expected RunEvent to be a union of events, found another type")
  return paragraphs(
    "# Events of a run",
    `${code("assay run --json")} prints one event per line, as JSON. ${code("assay run --metrics <file>")} appends ${code("run.started")}, ${code("stage.resumed")} and ${code("stage.metrics")} to a file.`,
    prose(docstring(checker, symbol)),
    alias.type.types.map((member) => {
      const type = checker.getTypeFromTypeNode(member)
      const name = type.getProperty("type")
      const literal = name === undefined ? undefined : checker.getTypeOfSymbol(name)
      const title = literal?.isStringLiteral() ? literal.value : member.getText()
      return paragraphs(`## ${title}`, prose(commentBefore(member)), block("ts", shapeText(checker, type)))
    }),
  )
}

/** Members of a union have comments, but no docstrings in the compiler's sense. */
const commentBefore = (node: ts.Node): string => {
  const text = node.getSourceFile().text
  // The comment stands before the bar.
  const bar = text.lastIndexOf("|", node.getStart())
  const before = text.slice(0, bar).trimEnd()
  const start = before.endsWith("*/") ? before.lastIndexOf("/**") : -1
  return start === -1
    ? ""
    : before
        .slice(start)
        .replace(/^\/\*\*|\*\/$/g, "")
        .replace(/^\s*\* ?/gm, "")
        .trim()
}
