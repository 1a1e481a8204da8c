/**
 * The pages of what is called in a pipeline but is not a stage: the language itself, losses and
 * noise.
 */

import type { PluginConstructor } from "../../dsl/declare-plugin.ts"
import type { Fields } from "../../dsl/parameters.ts"
import * as standard from "../../learning/stages.ts"
import { declarationsOf } from "./declarations.ts"
import { block, code, paragraphs, prose } from "./markdown.ts"
import { defaultOf, typeText } from "./parameter.ts"
import { docstring, isForeign, moduleDocstring, pathOf, type Source } from "./source.ts"

/**
 * What a pipeline calls, then what a stage's declaration and its implementation use. The rest
 * follows by its name.
 */
const order = [
  "pipeline",
  "stage",
  "sweep",
  "swap",
  "named",
  "file",
  "table",
  "files",
  "oneOf",
  "optional",
  "many",
  "anyNumber",
  "Run",
  "Context",
  "Resume",
]

export const languagePage = (source: Source): string => {
  const declared = declarationsOf(source)
  const exported = [...source.exportsOf("dsl/index.ts")]
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
  const sorted = exported.toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const isValue = (name: string) => /^(const|function|class)/.test(declared("dsl/index.ts", name)?.text ?? "")
  const section = ([name, symbol]: (typeof exported)[number]) =>
    // Only Schema is declared by a package.
    isForeign(symbol)
      ? paragraphs(`### ${name}`, prose(moduleDocstring(source.module("dsl/schema.ts"))))
      : paragraphs(`### ${name}`, prose(docstring(source.checker, symbol)), block("ts", declared("dsl/index.ts", name)?.text ?? ""))
  return paragraphs(
    "# The language",
    `Everything that ${code("assay")} exports.`,
    "## Values",
    sorted.filter(([name]) => isValue(name)).map(section),
    "## Types",
    sorted.filter(([name]) => !isValue(name)).map(section),
  )
}

/** Of a loss, the call with what each parameter takes; undefined for anything else. */
const parametersOf = (name: string): string | undefined => {
  const value: unknown = (standard as Readonly<Record<string, unknown>>)[name]
  if (typeof value !== "function" || !("declaration" in value)) return undefined
  const { parameters } = (value as PluginConstructor<string, Fields>).declaration
  const names = Object.keys(parameters)
  const call = code(names.length === 0 ? `${name}()` : `${name}({ ${names.join(", ")} })`)
  const described = Object.entries(parameters).map(([parameter, schema]) => {
    const preset = defaultOf(schema)
    return `${code(parameter)} is a ${typeText(schema, () => undefined)}${preset === undefined ? "" : `, ${preset} if absent`}`
  })
  return described.length === 0 ? call : `${call}: ${described.join("; ")}.`
}

export const lossesPage = (source: Source): string => {
  const exported = [...source.exportsOf("learning/stages.ts")]
  const inFile = (file: string) =>
    exported.filter(([, symbol]) => {
      const [first] = symbol.declarations ?? []
      return first !== undefined && pathOf(first.getSourceFile()) === file
    })
  const declared = declarationsOf(source)
  const sections = (file: string) =>
    inFile(file).map(([name, symbol]) =>
      paragraphs(
        `### ${name}`,
        parametersOf(name) ?? block("ts", declared("learning/stages.ts", name)?.text ?? ""),
        prose(docstring(source.checker, symbol)),
      ),
    )
  const notation =
    /\/\*\n \* (Notation:[\s\S]*?)\*\//.exec(source.module("learning/objective/losses.ts").text)?.[1]?.replace(/^ \* ?/gm, "") ??
    moduleDocstring(source.module("learning/objective/losses.ts"))
  return paragraphs(
    "# Losses and noise",
    `Values that ${code("assay/stages")} exports for parameters of stages.`,
    "## Losses",
    `The ${code("loss")} of [optimize](./stages-training.md#optimize), [optimizeOnline](./stages-training.md#optimizeonline) and [goldenPolicy](./stages-training.md#goldenpolicy).`,
    prose(notation.trim()),
    sections("learning/objective/losses.ts"),
    "## A loss of your own",
    sections("learning/objective/loss.ts"),
    "## Noise",
    `The ${code("noise")} of [label](./stages-data.md#label) and [relabel](./stages-data.md#relabel): how an annotator strays from the judge. Without it, labels are the judge's.`,
    sections("learning/preferences/noise.ts"),
  )
}
