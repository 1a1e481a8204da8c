import { Effect } from "effect"
import type { RunSummary } from "../../runtime/index.ts"
import { copyToLatest } from "../copy/latest.ts"
import { counted } from "../print/number.ts"
import { print, screenWidth } from "../print/screen.ts"
import { tableText } from "../print/table.ts"
import { shortest } from "./choice.ts"
import { headOf } from "./head.ts"

/** Tables up to this many rows are printed whole. */
const fewRows = 60

/**
 * Prints what a pipeline returned and nothing consumes: small tables whole, of larger ones the size, and where a single
 * file lies. A folder of files is something to use rather than to look at: it says how to get it.
 */
export const printResults = Effect.fnUntraced(function* ({ pipeline, results }: RunSummary) {
  const width = screenWidth()
  for (const result of results) {
    const { id, output, manifest } = result
    const single = Object.keys(manifest.outputs).length === 1
    const title = single ? id : `${id}, ${output}`
    const { kind, rows = 0, files = [] } = manifest.outputs[output] ?? {}
    if (kind === "table" && rows <= fewRows) {
      const head = yield* headOf(manifest, output, fewRows)
      const names = head.columns.map(({ name }) => name)
      yield* print(`\n${title}\n\n${tableText(names, head.rows, width)}`)
    } else if (kind === "table") yield* print(entry(title, `${counted(rows, "row")}; see "assay show ${id}"`, width))
    else if (files.length === 1)
      for (const { path } of yield* copyToLatest(pipeline, result)) yield* print(entry(title, shortest(path), width))
    else yield* print(entry(title, `${counted(files.length, "file")}; get them with "assay export ${id} <folder>"`, width))
  }
})

/** On one line, or on two where one is too short. */
const entry = (title: string, text: string, width: number): string =>
  [...title, ": ", ...text].length <= width ? `\n${title}: ${text}` : `\n${title}:\n  ${text}`
