import * as path from "node:path"
import { Effect } from "effect"
import type { RunRecord } from "../../runtime/index.ts"
import type { StageResult } from "../stage-result.ts"
import { copyOutput, folderOf } from "./artifact.ts"
import { copyAsDataset } from "./dataset.ts"
import { addNotes, type Exported } from "./exported.ts"
import { type Format, isTrlForm } from "./format.ts"
import { copyAsPng } from "./png.ts"
import { copyReport } from "./report.ts"
import { copyAsEvents, copyAsText } from "./table.ts"
import { copyAsTrl } from "./trl.ts"

interface Choice {
  readonly format: Format
  readonly tokenIds: boolean
}

/** Writes outputs of a stage, which the format must take, to a folder. */
export const exportOutputs = Effect.fnUntraced(function* (
  record: RunRecord,
  result: StageResult,
  outputs: ReadonlyArray<string>,
  folder: string,
  choice: Choice,
) {
  if (choice.format === "datasets") return yield* copyAsDataset(record, result, outputs, folder)
  const written: Array<Exported> = []
  for (const output of outputs) written.push(yield* exportOutput(record, result, output, folder, choice))
  return { copied: written.flatMap(({ copied }) => copied), notes: addNotes(written.map(({ notes }) => notes)) } satisfies Exported
})

const exportOutput = Effect.fnUntraced(function* (
  record: RunRecord,
  result: StageResult,
  output: string,
  folder: string,
  { format, tokenIds }: Choice,
) {
  const { manifest } = result
  if (isTrlForm(format)) return yield* copyAsTrl(record, manifest, output, folder, { form: format, tokenIds })
  if (format === "csv" || format === "jsonl") return yield* copyAsText(manifest, output, folder, format)
  if (format === "png")
    return { copied: yield* copyAsPng(record, result, output, path.join(folder, folderOf(manifest, output))), notes: {} } satisfies Exported
  if (format === "tensorboard") return yield* copyAsEvents(manifest, output, folder)
  const place = path.join(folder, folderOf(manifest, output))
  const copied =
    manifest.outputs[output]?.artifact === "report"
      ? yield* copyReport(record, result, output, place)
      : yield* copyOutput({ manifest, output }, place, { existing: "refuse" })
  return { copied, notes: {} } satisfies Exported
})
