import { Effect, Result } from "effect"
import { Results, type RunSummary, readTable } from "../../runtime/index.ts"
import { copyToLatest } from "../copy/latest.ts"
import { dropEmptyColumns } from "../print/empty-columns.ts"
import { pluralize } from "../print/number.ts"
import { print, screenWidth } from "../print/screen.ts"
import { formatTable } from "../print/table.ts"
import { charactersPerCell } from "./query.ts"
import { relativePath } from "./resolve.ts"

/** Tables with more rows than this are not printed. */
const maxRows = 60

/** Results beyond this number are only counted. */
const maxResults = 40

/**
 * Prints the results of a run: small tables in full, the number of rows of others, the path of a
 * single file, and for a folder of files how to export it.
 */
export const printResults = Effect.fnUntraced(function* ({ pipeline, results }: RunSummary) {
  const width = screenWidth()
  for (const result of results.slice(0, maxResults)) {
    const { id, output, type, manifest } = result
    const single = Object.keys(manifest.outputs).length === 1
    const title = single ? id : `${id}, ${output}`
    const { rows: count = 0, files = [] } = manifest.outputs[output] ?? {}
    if (type.kind === "table" && count <= maxRows) {
      const [file] = yield* (yield* Results).open(manifest, output)
      // A table that cannot be shown does not fail a finished run.
      const read = yield* Effect.result(file === undefined ? Effect.succeed([]) : readTable(file, type.columns, charactersPerCell))
      if (Result.isFailure(read)) {
        yield* print(entry(title, `cannot be shown: ${read.failure.message}`, width))
        continue
      }
      const { names, rows } = dropEmptyColumns({ names: Object.keys(type.columns), rows: read.success })
      yield* print(`\n${title}\n\n${formatTable(names, rows, width)}`)
    } else if (type.kind === "table") yield* print(entry(title, `${pluralize(count, "row")}; see "assay show ${id}"`, width))
    else if (files.length === 1)
      for (const { path } of yield* copyToLatest(pipeline, result)) yield* print(entry(title, relativePath(path), width))
    else yield* print(entry(title, `${pluralize(files.length, "file")}; export them with "assay export ${id} <folder>"`, width))
  }
  if (results.length > maxResults) yield* print(`\nand ${pluralize(results.length - maxResults, "more result")}; "assay ls" lists them`)
})

/** Title and text on one line if they fit, else on two. */
const entry = (title: string, text: string, width: number): string =>
  [...title, ": ", ...text].length <= width ? `\n${title}: ${text}` : `\n${title}:\n  ${text}`
