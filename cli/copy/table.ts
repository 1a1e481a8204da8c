import * as path from "node:path"
import { Effect } from "effect"
import { type Manifest, Results, type TableFormat, writeEvents, writeTable } from "../../runtime/index.ts"
import type { Exported } from "./exported.ts"
import { writeNewFile } from "./new-file.ts"

/** Writes a table to `<output>.csv` or `<output>.jsonl` in a folder, atomically. */
export const copyAsText = Effect.fnUntraced(function* (manifest: Manifest, output: string, folder: string, format: TableFormat) {
  const [table] = yield* (yield* Results).open(manifest, output)
  if (table === undefined) return { copied: [], notes: {} } satisfies Exported
  const { file, made } = yield* writeNewFile(folder, `${output}.${format}`, (draft) => writeTable(table, draft, format))
  return { copied: [file], notes: format === "jsonl" ? made : {} } satisfies Exported
})

/**
 * Writes metrics to a file of TensorBoard's events, whose time is that at which the result was
 * made; of several such outputs of a stage each gets a folder of its own.
 */
export const copyAsEvents = Effect.fnUntraced(function* (manifest: Manifest, output: string, folder: string) {
  const [table] = yield* (yield* Results).open(manifest, output)
  if (table === undefined) return { copied: [], notes: {} } satisfies Exported
  const isAlone = Object.values(manifest.outputs).filter(({ artifact }) => artifact === "metrics").length === 1
  const wallTime = Date.parse(manifest.created) / 1000
  const name = `events.out.tfevents.${Math.floor(wallTime)}.${output}`
  const { file } = yield* writeNewFile(isAlone ? folder : path.join(folder, output), name, (draft) => writeEvents(table, draft, wallTime))
  return { copied: [file], notes: {} } satisfies Exported
})
