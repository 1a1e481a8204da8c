/** The page of the store: its folders, and the records in them. */

import ts from "typescript"
import { recordFormat, resultFormat } from "../../runtime/store/format.ts"
import { layout } from "../../runtime/store/layout.ts"
import { block, code, paragraphs, prose, sentence, table } from "./markdown.ts"
import { shapeText } from "./shape.ts"
import { docstring, type Source } from "./source.ts"

const records: ReadonlyArray<readonly [module: string, name: string, place: string]> = [
  ["runtime/store/results/manifest.ts", "Manifest", "results/<first two digits of the key>/<key>.json"],
  ["runtime/store/runs/record.ts", "RunRecord", "runs/<run>.json"],
  ["runtime/store/runs/wiring.ts", "Wiring", "wirings/<digest>.json.gz"],
  ["runtime/observe/journal/line.ts", "JournalHead", "journals/<run>.ndjson"],
  ["runtime/store/runs/record.ts", "FailureRecord", "failures/<key>.json"],
  ["runtime/store/upkeep/pin.ts", "Pinned", "pins/<key>.json"],
]

export const storePage = (source: Source): string =>
  paragraphs(
    "# The store",
    `Everything lies under ${code(".assay/")} in the project's folder, or where ${code("ASSAY_STORE")} says. ${code("assay export")} and ${code("assay show")} are the way in for a reader; the layout may change with the format of its records. Results have format ${resultFormat}, records of runs and failures format ${recordFormat}; what a newer Assay wrote is left alone.`,
    "## Layout",
    table(["place", ""], places(source)),
    "## Records",
    records.map(([module, name, place]) => record(source, module, name, place)),
  )

/** Folders and files as the layout names them, each once, with its docstring. */
const places = (source: Source): ReadonlyArray<ReadonlyArray<string>> => {
  const type = source.checker.getDeclaredTypeOfSymbol(exported(source, "runtime/store/layout.ts", "Layout"))
  const { root, ...parts } = layout(".assay")
  return Object.entries(parts).map(([name, place]) => {
    const property = source.checker.getPropertyOfType(type, name)
    const text = typeof place === "string" ? `${place}/` : placeOf(place as (name: string) => string, parameterOf(source, property))
    return [code(text), sentence(docstring(source.checker, property))]
  })
}

/**
 * A file's place, with its name's parts in words: some lie in folders that are called after the
 * first two digits.
 */
const placeOf = (place: (name: string) => string, parameter: string): string =>
  place("12345").replace("12345", `<${parameter}>`).replace("12", "<first two digits>").replace("345", "<others>")

const parameterOf = ({ checker }: Source, property: ts.Symbol | undefined): string => {
  const [call] = property === undefined ? [] : checker.getTypeOfSymbol(property).getCallSignatures()
  return call?.parameters[0]?.name ?? "name"
}

const record = (source: Source, module: string, name: string, place: string): string => {
  const { checker } = source
  const symbol = exported(source, module, name)
  const isType = symbol.declarations?.some((each) => ts.isTypeAliasDeclaration(each) || ts.isInterfaceDeclaration(each))
  if (!isType) throw new Error(`${module} has no type ${name}`)
  return paragraphs(
    `### ${name}`,
    code(place),
    prose(docstring(checker, symbol)),
    block("ts", shapeText(checker, checker.getDeclaredTypeOfSymbol(symbol))),
  )
}

const exported = (source: Source, module: string, name: string): ts.Symbol => {
  const symbol = source.exportsOf(module).get(name)
  if (symbol === undefined) throw new Error(`${module} exports no ${name}`)
  return symbol
}
