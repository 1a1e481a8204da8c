/** The page of what `assay run --json` prints and journals hold: members of RunEvent, and more. */

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
    alias.type.types.map((member) => event(checker, checker.getTypeFromTypeNode(member), commentBefore(member))),
    "## In journals",
    "The [journal](store.md) of a run holds the same events, each with `seq`, its number, and `at`, when it happened, in milliseconds since the run began. Readers of journals also get:",
    journalled.map((name) => {
      const found = source.exportsOf("runtime/observe/journal/line.ts").get(name)
      if (found === undefined) throw new Error(`expected an event ${name} of journals, found none`)
      return event(checker, checker.getDeclaredTypeOfSymbol(found), docstring(checker, found), "###")
    }),
  )
}

/** Events that only readers of journals get. */
const journalled = ["LinesOmitted", "RunDied"]

const event = (checker: ts.TypeChecker, type: ts.Type, comment: string, level = "##"): string => {
  const name = type.getProperty("type")
  const literal = name === undefined ? undefined : checker.getTypeOfSymbol(name)
  const title = literal?.isStringLiteral() ? literal.value : checker.typeToString(type)
  return paragraphs(`${level} ${title}`, prose(comment), block("ts", shapeText(checker, type)))
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
