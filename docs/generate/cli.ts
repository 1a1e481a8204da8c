/**
 * The page of the command: from its grammar, and from the types of what its verbs print as JSON.
 */

import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Option } from "effect"
import { CliConfig, CliOutput, Command, GlobalFlag, type HelpDoc } from "effect/cli"
import ts from "typescript"
import { assay } from "../../cli/grammar.ts"
import { block, code, paragraphs, sentence, table } from "./markdown.ts"
import { shapeText } from "./shape.ts"
import { docstring, followed, isOwn, pathOf, type Source } from "./source.ts"

/** The help of a verb as data, or of the whole command. Nothing is run. */
export const helpOf = async (...verbs: ReadonlyArray<string>): Promise<HelpDoc.HelpDoc> => {
  let help: HelpDoc.HelpDoc | undefined
  const presenter: CliOutput.Presenter = {
    present: (event) =>
      Effect.sync(() => {
        if (event._tag === "Help") help = event.helpDoc
      }),
  }
  const services = Layer.mergeAll(NodeServices.layer, CliConfig.layer({ builtIns: [GlobalFlag.Help] }), CliOutput.layerPresenter(presenter))
  // A handler would need a runtime; `--help` comes before it.
  const command = Command.runWith(assay, { version: "" })([...verbs, "--help"]) as Effect.Effect<void, unknown, never>
  await Effect.runPromise(Effect.provide(command, services))
  if (help === undefined) throw new Error(`assay ${verbs.join(" ")} has no help`)
  return help
}

export const verbNames = async (): Promise<ReadonlyArray<string>> => {
  const names = await subcommandsOf()
  const nested = await Promise.all(names.map(async (name) => [name, ...(await subcommandsOf(name)).map((each) => `${name} ${each}`)]))
  return nested.flat()
}

const subcommandsOf = async (...verbs: ReadonlyArray<string>): Promise<ReadonlyArray<string>> =>
  ((await helpOf(...verbs)).subcommands ?? []).flatMap(({ commands }) => commands.map(({ name }) => name))

export const cliPage = async (source: Source): Promise<string> => {
  const shapes = printedShapes(source)
  const sections = await Promise.all(
    (await verbNames()).map(async (verb) => section(verb, await helpOf(...verb.split(" ")), shapes.get(verb) ?? [])),
  )
  return paragraphs(
    "# The command",
    `${code("assay <verb>")}, or ${code("npx assay <verb>")} where it is installed in a project. Every verb takes ${code("--json")}: then it prints JSON on stdout, and messages stay on stderr. [Exit codes](./errors.md#exit-codes) and [settings](./settings.md) have pages of their own.`,
    sections,
  )
}

const section = (verb: string, help: HelpDoc.HelpDoc, shapes: ReadonlyArray<Printed>): string => {
  const described = (text: Option.Option<string>) => sentence(Option.getOrElse(text, () => ""))
  const rows = [
    ...(help.args ?? []).map(({ name, description, required }) => [code(required ? `<${name}>` : `[<${name}>]`), described(description)]),
    ...help.flags.map(({ name, aliases, type, description }) => [
      [`--${name}`, ...aliases.map((alias) => (alias.startsWith("-") ? alias : `-${alias}`))].map(code).join(", ") +
        (type === "boolean" ? "" : ` ${code(`<${type}>`)}`),
      described(description),
    ]),
  ]
  const json =
    verb === "run" ? ["One [event](./events.md) per line."] : shapes.flatMap(({ doc, text }) => [sentence(doc), block("ts", text)])
  return paragraphs(
    `## assay ${verb}`,
    sentence(help.description),
    block(
      "sh",
      [
        help.usage,
        ...(help.examples ?? []).flatMap(({ command, description }) => [
          "",
          ...(description === undefined ? [] : [`# ${description}`]),
          command,
        ]),
      ].join("\n"),
    ),
    table(["argument or flag", ""], rows),
    `With ${code("--json")}:`,
    json,
  )
}

interface Printed {
  /** When this is what is printed, where a verb prints one of several. */
  readonly doc: string
  readonly text: string
}

/** What each verb hands to `printJson`. */
export const printedShapes = ({ checker, modules }: Source): ReadonlyMap<string, ReadonlyArray<Printed>> => {
  const found = new Map<string, Array<Printed>>()
  const visit = (node: ts.Node, verb: string | undefined): void => {
    const inside = verbOf(node) ?? verb
    if (ts.isCallExpression(node) && node.expression.getText() === "printJson" && inside !== undefined && node.arguments[0] !== undefined) {
      const printed = { doc: conditionOf(checker, node), text: shapeText(checker, checker.getTypeAtLocation(node.arguments[0])) }
      found.set(inside, [...(found.get(inside) ?? []), printed])
    }
    ts.forEachChild(node, (child) => visit(child, inside))
  }
  for (const file of modules.filter((each) => pathOf(each).startsWith("cli/verbs/"))) visit(file, undefined)
  return found
}

/** The verb that a function implements: `Effect.fn("assay show")(…)`. */
const verbOf = (node: ts.Node): string | undefined => {
  if (!ts.isCallExpression(node) || !ts.isCallExpression(node.expression)) return undefined
  const [name] = node.expression.arguments
  return name !== undefined && ts.isStringLiteral(name) && name.text.startsWith("assay ") ? name.text.slice("assay ".length) : undefined
}

/**
 * The comment in front of the statement, else the docstring of the function that makes the value.
 */
const conditionOf = (checker: ts.TypeChecker, call: ts.CallExpression): string => {
  const nearest = ts.findAncestor(call, ts.isStatement)
  // Of `if (json) return …`, the comment is in front of the condition.
  const statement = nearest !== undefined && ts.isIfStatement(nearest.parent) && !ts.isBlock(nearest) ? nearest.parent : nearest
  const text = call.getSourceFile().text
  const comments = statement === undefined ? [] : (ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? [])
  const lines = comments.map(({ pos, end }) => text.slice(pos, end).replace(/^\/\/ ?/, ""))
  if (lines.length > 0) return lines.join(" ")
  const [argument] = call.arguments
  if (argument === undefined || !ts.isCallExpression(argument)) return ""
  const symbol = checker.getSymbolAtLocation(argument.expression)
  const maker = symbol === undefined ? undefined : followed(checker, symbol)
  const isOurs = maker?.declarations?.some((node) => isOwn(node.getSourceFile().fileName)) === true
  const doc = isOurs ? docstring(checker, maker) : ""
  // A docstring that draws the shape says nothing that the types do not.
  return /^`?\{/.test(doc) ? "" : doc
}
