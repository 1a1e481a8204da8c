/** The pages of the standard stages: from their declarations and docstrings. */

import type { Schema } from "effect"
import type ts from "typescript"
import { type ArtifactType, isArtifact } from "../../dsl/artifact.ts"
import type { Declaration } from "../../dsl/declaration.ts"
import type { Arity } from "../../dsl/port.ts"
import { LossParameter } from "../../learning/objective/loss.ts"
import * as standard from "../../learning/stages.ts"
import { artifactTypes } from "./artifacts.ts"
import { declarationsOf } from "./declarations.ts"
import { meanings } from "./failures.ts"
import { block, code, paragraphs, prose, sentence, table } from "./markdown.ts"
import { defaultOf, typeText } from "./parameter.ts"
import { shapeText } from "./shape.ts"
import { docstring, pathOf, type Source } from "./source.ts"

const entry = "learning/stages.ts"

interface StagesPage {
  readonly file: string
  readonly title: string
  /** Folders of the sources, and what the page calls them. */
  readonly chapters: ReadonlyArray<readonly [folder: string, title: string]>
}

const stagesPages: ReadonlyArray<StagesPage> = [
  {
    file: "stages-data.md",
    title: "Stages: data",
    chapters: [
      ["learning/task", "Tasks"],
      ["learning/preferences", "Preferences"],
      ["learning/interchange", "Import"],
      ["learning/policy", "Architectures"],
    ],
  },
  {
    file: "stages-training.md",
    title: "Stages: training and judges",
    chapters: [
      ["learning/train", "Training"],
      ["learning/judge", "Judges"],
      ["learning/command", "Programs"],
    ],
  },
  {
    file: "stages-evaluation.md",
    title: "Stages: evaluation and analysis",
    chapters: [
      ["learning/evaluate", "Evaluation"],
      ["learning/analyse", "Analysis"],
    ],
  },
]

interface Standard {
  readonly call: string
  readonly symbol: ts.Symbol
  readonly path: string
  readonly declaration: Declaration | undefined
}

/** The page that lists all stages, one line per stage. */
export const stagesPage = (source: Source): string => {
  const all = standardStages(source)
  const left = all.filter(({ path }) => !stagesPages.some(({ chapters }) => chapters.some(([folder]) => path.startsWith(folder))))
  if (left.length > 0)
    throw new Error(`no chapter for ${left.map(({ call }) => call).join(", ")}: add their folder to docs/generate/stages.ts`)
  return paragraphs(
    "# Standard stages",
    "Everything that `assay/stages` exports and a pipeline calls, except [losses and noise](./losses.md).",
    stagesPages.flatMap(({ file, chapters }) =>
      chapters.flatMap(([folder, title]) => [
        `## ${title}`,
        table(
          ["stage", ""],
          all
            .filter(({ path }) => path.startsWith(folder))
            .map(({ call, symbol }) => [`[${call}](./${file}#${call.toLowerCase()})`, firstSentence(docstring(source.checker, symbol))]),
        ),
      ]),
    ),
  )
}

/** Pages that describe the stages, by the names of their files. */
export const stagePages: Readonly<Record<string, (source: Source) => string>> = Object.fromEntries(
  stagesPages.map(({ file, title, chapters }) => [
    file,
    (source) => {
      const all = standardStages(source)
      return paragraphs(
        `# ${title}`,
        "Artifact types link to [their columns](./artifacts.md). A parameter without a default must be given.",
        chapters.flatMap(([folder, chapter]) => [
          `## ${chapter}`,
          ...all.filter(({ path }) => path.startsWith(folder)).map((stage) => section(source, stage)),
          folder === "learning/analyse" ? intervals(source) : "",
          folder === "learning/judge" ? scorerTypes(source) : "",
          folder === "learning/command" ? block("ts", declarationsOf(source)("learning/stages.ts", "CommandStageOptions")?.text ?? "") : "",
        ]),
      )
    },
  ]),
)

/** What the module of a scorer receives and returns. */
const scorerTypes = (source: Source): string => {
  const declared = declarationsOf(source)
  return paragraphs(
    "### Types of scorers",
    ["Scorer", "ScorerContext", "Scoring", "Pointwise", "Pairwise", "PairAnswer", "TextResponse", "TextPair", "Verdict"].map((name) =>
      block("ts", declared("learning/stages.ts", name)?.text ?? name),
    ),
  )
}

/** How figures and verdicts estimate what they show. */
const intervals = (source: Source): string => {
  const described = (module: string, name: string) => withFailures(prose(docstring(source.checker, source.exportsOf(module).get(name))))
  return paragraphs(
    "### Intervals",
    described("learning/analyse/statistics/bootstrap.ts", "estimateBySeed"),
    "Of the quantities of claims:",
    described("learning/analyse/estimand.ts", "observe"),
    "Of several together:",
    described("learning/analyse/estimate.ts", "estimateTogether"),
    "What they come to:",
    described("learning/analyse/decide.ts", "decide"),
  )
}

/** The period of "et al." ends no sentence. */
const firstSentence = (text: string): string => sentence(/^[\s\S]*?(?<!\bal)[.?](?=\s|$)/.exec(text)?.[0] ?? text)

/** Parameters that have no docstring where they are declared. */
export const parametersWithoutDocstring = (source: Source): ReadonlyArray<string> =>
  standardStages(source).flatMap(({ call, symbol, declaration }) => {
    if (declaration === undefined) return []
    const { parameters } = typeArguments(source.checker, symbol)
    return Object.keys(declaration.parameters)
      .filter((name) => docstring(source.checker, parameters.getProperty(name)) === "")
      .map((name) => `${call}: ${name}`)
  })

/** Stages, and functions that make artifacts without being one. */
const standardStages = (source: Source): ReadonlyArray<Standard> =>
  [...source.exportsOf(entry)].flatMap(([call, symbol]) => {
    const value: unknown = (standard as Readonly<Record<string, unknown>>)[call]
    const file = symbol.valueDeclaration?.getSourceFile()
    if (typeof value !== "function" || file === undefined) return []
    const path = pathOf(file)
    // Losses and noise are parameters, and have a page of their own.
    if (/objective|noise/.test(path)) return []
    const declaration = "declaration" in value ? (value.declaration as Declaration) : undefined
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
        elsewhere[`${call}.${name}`] ?? typeText(schema, described),
        defaultOf(schema) === undefined ? "" : code(defaultOf(schema) ?? ""),
        sentence(docstring(checker, types.parameters.getProperty(name))),
      ]),
    ),
    table(
      ["output", "artifact"],
      Object.entries(declaration.outputs).map(([name, type]) => [code(name), artifactLink(type)]),
    ),
    call === "verdicts" ? claimBlock(source) : "",
    `Stage ${code(declaration.name)}${declaration.engine ? ", runs tensor programs" : ""}${declaration.threads > 1 ? `, up to ${declaration.threads} threads` : ""}. Declared in ${code(path)}.`,
  )
}

/** Tags of failures lead to what they mean, and intervals to how they are computed. */
const withFailures = (text: string): string =>
  text
    .replace(/`(\w+)`/g, (whole, tag: string) => (Object.hasOwn(meanings, tag) ? `[${whole}](./errors.md#${tag.toLowerCase()})` : whole))
    .replace(/\bsee(\s)Intervals\b/g, "see$1[Intervals](#intervals)")
    .replace(/\bsee(\s)Formats\b/g, "see$1[Formats](./formats.md)")
    .replace(/\bsee(\s)Mapping\b/g, "see$1[Mapping](./formats.md#mapping)")

const arityText: Readonly<Record<Arity, string>> = { one: "", optional: "optional", many: "one or more", any: "any number" }

/** The names under which artifact types are exported, by their own. */
const artifactNames = new Map([...artifactTypes].map(([exported, { name }]) => [name, exported]))

const artifactLink = ({ name }: ArtifactType): string => {
  const exported = artifactNames.get(name)
  return exported === undefined ? code(name) : `[${exported}](./artifacts.md#${exported.toLowerCase()})`
}

/** Parameters that are described where there is more room. */
const elsewhere: Readonly<Record<string, string>> = {
  "verdicts.claims": "list of claims",
  "importPreferences.format": "[name of a format](./formats.md)",
  "importPreferences.mapping": "[mapping](./formats.md#mapping)",
}

/** Schemas that are described on another page. */
const described = (schema: Schema.Codec<unknown, unknown>): string | undefined => {
  const inside = "from" in schema && typeof schema.from === "object" ? schema.from : schema
  if ((schema as unknown) === LossParameter || (inside as unknown) === LossParameter) return "[loss](./losses.md)"
  return undefined
}

/** The types of a stage's ports and parameters, which know where each was written. */
const typeArguments = (checker: ts.TypeChecker, symbol: ts.Symbol) => {
  const type = checker.getTypeOfSymbol(symbol) as ts.TypeReference
  const [inputs, parameters] = checker.getTypeArguments(type)
  if (inputs === undefined || parameters === undefined) throw new Error(`${symbol.name} is not a stage`)
  return { inputs, parameters }
}

/** The form of claims, which is too large for a cell. */
const claimBlock = (source: Source): string => {
  const claim = source.exportsOf("learning/analyse/claim.ts").get("Claim")
  if (claim === undefined) throw new Error("learning/analyse/claim.ts exports no Claim")
  return paragraphs("A claim:", block("ts", shapeText(source.checker, source.checker.getDeclaredTypeOfSymbol(claim))))
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
