/** The page of the standard stages: from their declarations and docstrings. */

import type { Schema } from "effect"
import ts from "typescript"
import { type ArtifactType, isArtifact } from "../../dsl/artifact.ts"
import type { Declaration } from "../../dsl/declaration.ts"
import type { Arity } from "../../dsl/port.ts"
import { Loss } from "../../learning/objective/loss.ts"
import * as standard from "../../learning/stages.ts"
import { artifactTypes } from "./artifacts.ts"
import { meanings } from "./failures.ts"
import { code, paragraphs, prose, sentence, table } from "./markdown.ts"
import { defaultOf, typeText } from "./parameter.ts"
import { docstring, followed, pathOf, type Source } from "./source.ts"

const entry = "learning/stages.ts"

/**
 * Stages of a reader's pipeline, in the order in which an experiment uses them: rooms of the
 * sources, and what a page calls them.
 */
const chapters: ReadonlyArray<readonly [folder: string, title: string]> = [
  ["learning/task.ts", "Tasks"],
  ["learning/train", "Training"],
  ["learning/preferences", "Preferences"],
  ["learning/judge", "Judges"],
  ["learning/evaluate", "Evaluation"],
  ["learning/analyse", "Analysis"],
  ["learning/interchange", "Import"],
]

interface Standard {
  readonly call: string
  readonly symbol: ts.Symbol
  readonly path: string
  readonly declaration: Declaration | undefined
}

export const stagesPage = (source: Source): string => {
  const all = standardStages(source)
  const chaptered = chapters.map(([folder, title]) => ({ title, stages: all.filter(({ path }) => path.startsWith(folder)) }))
  const left = all.filter((stage) => !chaptered.some(({ stages }) => stages.includes(stage)))
  if (left.length > 0)
    throw new Error(`no chapter for ${left.map(({ call }) => call).join(", ")}: add their folder to docs/generate/stages.ts`)
  return paragraphs(
    "# Standard stages",
    "Everything that `assay/stages` exports and a pipeline calls, except [losses and noise](./losses.md). Artifact types link to [their columns](./artifacts.md). A parameter without a default must be given.",
    chaptered.flatMap(({ title, stages }) => [`## ${title}`, ...stages.map((stage) => section(source, stage))]),
  )
}

/** Parameters that neither a docstring nor the text of their stage mentions. */
export const parametersWithoutDocstring = (source: Source): ReadonlyArray<string> =>
  standardStages(source).flatMap(({ call, symbol, declaration }) => {
    if (declaration === undefined) return []
    const { parameters } = typeArguments(source.checker, symbol)
    const text = docstring(source.checker, symbol)
    return Object.keys(declaration.parameters)
      .filter((name) => parameterDocstring(source.checker, parameters.getProperty(name)) === "" && !text.includes(`\`${name}\``))
      .map((name) => `${call}: ${name}`)
  })

/** Stages, and functions that make artifacts without being one. */
const standardStages = (source: Source): ReadonlyArray<Standard> =>
  [...source.exportsOf(entry)].flatMap(([call, symbol]) => {
    const value: unknown = (standard as Readonly<Record<string, unknown>>)[call]
    const file = symbol.valueDeclaration?.getSourceFile()
    if (typeof value !== "function" || file === undefined) return []
    const path = pathOf(file)
    const declaration = "declaration" in value ? (value.declaration as Declaration) : undefined
    // Losses and noise are parameters, and have a page of their own.
    if (declaration === undefined && /objective|noise/.test(path)) return []
    return [{ call, symbol, path, declaration }]
  })

const section = (source: Source, { call, symbol, path, declaration }: Standard): string => {
  const head = [`### ${call}`, withFailures(prose(docstring(source.checker, symbol)))]
  if (declaration === undefined) return paragraphs(head, call === "corpus" ? tasks(source, symbol) : "", `Declared in ${code(path)}.`)
  const { checker } = source
  const types = typeArguments(checker, symbol)
  return paragraphs(
    head,
    table(
      ["input", "artifact", ""],
      Object.entries(declaration.inputs).map(([name, { types: artifacts, arity }]) => [
        code(name),
        artifacts.map(artifactLink).join(" or "),
        [arityText[arity], sentence(docstring(checker, types.inputs.getProperty(name)))].filter((part) => part !== "").join(". "),
      ]),
    ),
    table(
      ["parameter", "value", "default", ""],
      Object.entries(declaration.parameters).map(([name, schema]) => [
        code(name),
        typeText(schema, described),
        defaultOf(schema) === undefined ? "" : code(defaultOf(schema) ?? ""),
        sentence(parameterDocstring(checker, types.parameters.getProperty(name))),
      ]),
    ),
    table(
      ["output", "artifact"],
      Object.entries(declaration.outputs).map(([name, type]) => [code(name), artifactLink(type)]),
    ),
    `Stage ${code(declaration.name)}${declaration.engine ? ", runs tensor programs" : ""}${declaration.threads > 1 ? `, up to ${declaration.threads} threads` : ""}. Declared in ${code(path)}.`,
  )
}

/** Tags of failures lead to what they mean. */
const withFailures = (text: string): string =>
  text.replace(/`(\w+)`/g, (whole, tag: string) => (Object.hasOwn(meanings, tag) ? `[${whole}](./errors.md#${tag.toLowerCase()})` : whole))

const arityText: Readonly<Record<Arity, string>> = { one: "", optional: "optional", many: "one or more", any: "any number" }

/** The names under which artifact types are exported, by their own. */
const artifactNames = new Map([...artifactTypes].map(([exported, { name }]) => [name, exported]))

const artifactLink = ({ name }: ArtifactType): string => {
  const exported = artifactNames.get(name)
  return exported === undefined ? code(name) : `[${exported}](./artifacts.md#${exported.toLowerCase()})`
}

/** Schemas that are described on another page. */
const described = (schema: Schema.Codec<unknown, unknown>): string | undefined => {
  const inside = "from" in schema && typeof schema.from === "object" ? schema.from : schema
  if ((schema as unknown) === Loss || inside === Loss) return "[loss](./losses.md)"
  return undefined
}

/** The types of a stage's ports and parameters, which know where each was written. */
const typeArguments = (checker: ts.TypeChecker, symbol: ts.Symbol) => {
  const type = checker.getTypeOfSymbol(symbol) as ts.TypeReference
  const [inputs, parameters] = checker.getTypeArguments(type)
  if (inputs === undefined || parameters === undefined) throw new Error(`${symbol.name} is not a stage`)
  return { inputs, parameters }
}

/** What is said of a parameter where it is declared, else of the schema that it uses. */
export const parameterDocstring = (checker: ts.TypeChecker, property: ts.Symbol | undefined): string => {
  const own = docstring(checker, property)
  const written = property?.valueDeclaration ?? property?.declarations?.[0]
  if (own !== "" || written === undefined) return own
  const schemas = (node: ts.Node): ReadonlyArray<ts.Identifier> =>
    ts.isIdentifier(node) ? [node] : ts.isCallExpression(node) ? node.arguments.flatMap(schemas) : []
  const value = ts.isPropertyAssignment(written)
    ? written.initializer
    : ts.isShorthandPropertyAssignment(written)
      ? written.name
      : undefined
  const found = value === undefined ? [] : schemas(value)
  return found.map((each) => symbolDocstring(checker, each)).find((text) => text !== "") ?? ""
}

const symbolDocstring = (checker: ts.TypeChecker, name: ts.Identifier): string => {
  const symbol = checker.getSymbolAtLocation(name)
  return symbol === undefined ? "" : docstring(checker, followed(checker, symbol))
}

/** What each task of `corpus` has: artifacts, and parameters for stages. */
const tasks = ({ checker }: Source, symbol: ts.Symbol): string => {
  const [call] = checker.getTypeOfSymbol(symbol).getCallSignatures()
  const parameter = call?.typeParameters?.[0]?.getConstraint()
  const names = parameter?.isUnion() ? parameter.types.flatMap((type) => (type.isStringLiteral() ? [type.value] : [])) : []
  if (names.length === 0) throw new Error("corpus takes no names of tasks any more")
  const rows = names.map((name) => Object.entries(standard.corpus({ task: name as Parameters<typeof standard.corpus>[0]["task"] })))
  const fields = [...new Set(rows.flatMap((entries) => entries.map(([field]) => field)))]
  const cell = (value: unknown) => (value === undefined ? "" : isArtifact(value) ? artifactLink(value.type) : code(JSON.stringify(value)))
  return table(
    ["", ...names.map((name) => code(JSON.stringify(name)))],
    fields.map((field) => [code(field), ...rows.map((entries) => cell(Object.fromEntries(entries)[field]))]),
  )
}
