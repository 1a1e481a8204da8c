/**
 * The page of artifact types: what flows between stages, with columns as data/schema/ describes
 * them.
 */

import ts from "typescript"
import type { ArtifactType } from "../../dsl/artifact.ts"
import * as standard from "../../learning/stages.ts"
import { code, paragraphs, prose, sentence, table } from "./markdown.ts"
import { docstring, followed, type Source } from "./source.ts"

export const isArtifactType = (value: unknown): value is ArtifactType =>
  typeof value === "object" && value !== null && "kind" in value && (value.kind === "table" || value.kind === "files")

/** Artifact types by the names under which `assay/stages` exports them. */
export const artifactTypes: ReadonlyMap<string, ArtifactType> = new Map(
  Object.entries(standard).flatMap(([name, value]) => (isArtifactType(value) ? [[name, value] as const] : [])),
)

export const artifactsPage = (source: Source): string => {
  const exported = source.exportsOf("learning/stages.ts")
  const sections = [...artifactTypes].map(([name, type]) => {
    const symbol = exported.get(name)
    if (symbol === undefined) throw new Error(`${name} is not exported by assay/stages`)
    const columns = type.kind === "table" ? columnsOf(source, symbol) : undefined
    return {
      kind: type.kind,
      text: paragraphs(
        `### ${name}`,
        prose(docstring(source.checker, symbol)),
        prose(docstring(source.checker, columns)),
        type.kind === "table" ? columnTable(source, type.columns, columns) : "",
      ),
    }
  })
  const of = (kind: ArtifactType["kind"]) => sections.filter((section) => section.kind === kind).map(({ text }) => text)
  return paragraphs(
    "# Artifacts",
    `What flows between the standard stages, as ${code("assay/stages")} exports it. ${code("assay export")} copies an artifact to a folder, and any reader of Parquet or safetensors opens it there.`,
    "## Tables",
    `Each is one Parquet file. In a column whose type ends in ${code("?")}, cells may be null. Log-probabilities and divergences are in nats.`,
    of("table"),
    "## Files",
    "Each is a folder of files.",
    of("files"),
  )
}

/** Columns of exported tables that have no docstring. */
export const columnsWithoutDocstring = (source: Source): ReadonlyArray<string> =>
  [...source.exportsOf("learning/stages.ts")].flatMap(([name, symbol]) => {
    const columns = columnsOf(source, symbol)
    if (!artifactTypes.has(name) || columns === undefined) return []
    const properties = source.checker.getPropertiesOfType(source.checker.getTypeOfSymbol(columns))
    return properties.filter((column) => docstring(source.checker, column) === "").map((column) => `${name}: ${column.name}`)
  })

/** What `table("name", columns)` was given. */
const columnsOf = ({ checker }: Source, symbol: ts.Symbol): ts.Symbol | undefined => {
  const declared = symbol.valueDeclaration
  const call = declared !== undefined && ts.isVariableDeclaration(declared) ? declared.initializer : undefined
  const columns = call !== undefined && ts.isCallExpression(call) ? call.arguments[1] : undefined
  const found = columns === undefined ? undefined : checker.getSymbolAtLocation(columns)
  return found === undefined ? undefined : followed(checker, found)
}

const columnTable = ({ checker }: Source, columns: Readonly<Record<string, string>>, symbol: ts.Symbol | undefined): string => {
  const type = symbol === undefined ? undefined : checker.getTypeOfSymbol(symbol)
  return table(
    ["column", "type", ""],
    Object.entries(columns).map(([name, column]) => [code(name), code(column), sentence(docstring(checker, type?.getProperty(name)))]),
  )
}
