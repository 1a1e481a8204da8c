import * as path from "node:path"
import { Effect } from "effect"
import { columnsOfTable, Results, type RunRecord } from "../../runtime/index.ts"
import { formatDatasetCard } from "../print/dataset-card.ts"
import type { StageResult } from "../stage-result.ts"
import { copyOutput, refuseExisting, writeText } from "./artifact.ts"
import type { Exported } from "./exported.ts"
import { upstreamResults } from "./upstream.ts"

/**
 * Writes tables to a folder that `datasets.load_dataset` opens: the Parquet files as they are
 * stored under `data/`, and a card, `README.md`, that describes them and says how they were made.
 * Of several tables each is a configuration of its own.
 */
export const copyAsDataset = Effect.fnUntraced(function* (
  record: RunRecord,
  result: StageResult,
  outputs: ReadonlyArray<string>,
  folder: string,
) {
  const { open } = yield* Results
  const card = path.join(folder, "README.md")
  yield* refuseExisting(card)
  const tables = yield* Effect.forEach(
    outputs,
    Effect.fnUntraced(function* (name) {
      const [file] = yield* open(result.manifest, name)
      return { name, columns: file === undefined ? {} : yield* columnsOfTable(file) }
    }),
  )
  const sources = yield* Effect.forEach(outputs, (output) => upstreamResults(record, result, output))
  const copied = yield* Effect.forEach(outputs, (output) =>
    copyOutput({ manifest: result.manifest, output }, path.join(folder, "data"), { existing: "refuse" }),
  )
  const upstream = [...new Map(sources.flat().map((source) => [source.id, source])).values()]
  return {
    copied: [...copied.flat(), yield* writeText(card, formatDatasetCard(record, result, tables, upstream))],
    notes: {},
  } satisfies Exported
})
