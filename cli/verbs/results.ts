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

/** Prints what a pipeline returned and nothing consumes: small tables whole, the places of files, the sizes of the rest. */
export const printResults = Effect.fnUntraced(function* ({ pipeline, results }: RunSummary) {
  for (const result of results) {
    const { id, output, manifest } = result
    const stored = manifest.outputs[output]
    const rows = stored?.rows ?? 0
    const title = Object.keys(manifest.outputs).length === 1 ? id : `${id}, ${output}`
    if (stored?.kind === "files") {
      for (const file of yield* copyToLatest(pipeline, result)) yield* print(`\n${title}: ${shortest(file.path)}`)
    } else if (rows <= fewRows) {
      const { columns, rows } = yield* headOf(manifest, output, fewRows)
      yield* print(
        `\n${title}\n\n${tableText(
          columns.map(({ name }) => name),
          rows,
          screenWidth(),
        )}`,
      )
    } else {
      yield* print(`\n${title}: ${counted(rows, "row")}; see "assay show ${id}"`)
    }
  }
})
