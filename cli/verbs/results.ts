import { Effect, Result } from "effect"
import { Results, type RunSummary, readTable } from "../../runtime/index.ts"
import { copyToLatest } from "../copy/latest.ts"
import { filledColumns } from "../print/filled.ts"
import { counted } from "../print/number.ts"
import { print, screenWidth } from "../print/screen.ts"
import { tableText } from "../print/table.ts"
import { shortest } from "./choice.ts"
import { mostOfCell } from "./head.ts"

/** Tables up to this many rows are printed whole. */
const fewRows = 60

/** Results up to this many are printed: nobody reads on. */
const fewResults = 40

/**
 * Prints what a pipeline returned and nothing consumes: small tables whole, of larger ones the size, and where a single
 * file lies. A folder of files is something to use rather than to look at: it says how to get it.
 */
export const printResults = Effect.fnUntraced(function* ({ pipeline, results }: RunSummary) {
  const width = screenWidth()
  for (const result of results.slice(0, fewResults)) {
    const { id, output, type, manifest } = result
    const single = Object.keys(manifest.outputs).length === 1
    const title = single ? id : `${id}, ${output}`
    const { rows: count = 0, files = [] } = manifest.outputs[output] ?? {}
    if (type.kind === "table" && count <= fewRows) {
      const [file] = yield* (yield* Results).open(manifest, output)
      // The work is done, whatever becomes of its picture.
      const read = yield* Effect.result(file === undefined ? Effect.succeed([]) : readTable(file, type.columns, mostOfCell))
      if (Result.isFailure(read)) {
        yield* print(entry(title, `cannot be shown: ${read.failure.message}`, width))
        continue
      }
      const filled = filledColumns({ names: Object.keys(type.columns), rows: read.success })
      yield* print(`\n${title}\n\n${tableText(filled.names, filled.rows, width)}`)
    } else if (type.kind === "table") yield* print(entry(title, `${counted(count, "row")}; see "assay show ${id}"`, width))
    else if (files.length === 1)
      for (const { path } of yield* copyToLatest(pipeline, result)) yield* print(entry(title, shortest(path), width))
    else yield* print(entry(title, `${counted(files.length, "file")}; get them with "assay export ${id} <folder>"`, width))
  }
  if (results.length > fewResults) yield* print(`\nand ${counted(results.length - fewResults, "more result")}; "assay ls" lists them`)
})

/** On one line, or on two where one is too short. */
const entry = (title: string, text: string, width: number): string =>
  [...title, ": ", ...text].length <= width ? `\n${title}: ${text}` : `\n${title}:\n  ${text}`
