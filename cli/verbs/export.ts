import * as path from "node:path"
import { Effect } from "effect"
import type { RunRecord } from "../../runtime/index.ts"
import { copyOutput, folderOf } from "../copy/artifact.ts"
import { copyReport } from "../copy/report.ts"
import { copyAsTrl, describeTrl } from "../copy/trl.ts"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { formatBytes } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import type { StageResult } from "../stage-result.ts"
import { findResult, findRun, type Output, relativePath, selectOutputs } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const exportArtifacts = Effect.fn("assay export")(function* (options: Options<"exportArtifacts">) {
  const { stage, directory, output, format, pipeline, json } = options
  const record = yield* findRun(pipeline)
  const result = yield* findResult(record, stage)
  const root = path.resolve(directory)
  const outputs = yield* selectOutputs(result, output)
  const { copied, ...trl } = yield* format === "trl" ? asTrl(record, result, outputs, root) : asFiles(record, result, outputs, root)
  if (json) {
    const files = copied.map((file) => ({ name: path.relative(root, file.path), bytes: file.bytes }))
    return yield* printJson({ id: result.id, directory: root, files, ...(format === "trl" ? trl : {}) })
  }
  for (const file of copied) yield* print(`${relativePath(file.path)}  ${formatBytes(file.bytes)}`)
  for (const sentence of describeTrl(trl.ties, trl.responses)) yield* print(sentence)
}, withRuntime)

const asFiles = Effect.fnUntraced(function* (record: RunRecord, result: StageResult, outputs: ReadonlyArray<Output>, root: string) {
  const { manifest } = result
  const copied = yield* Effect.forEach(outputs, ({ name, stored }) => {
    const folder = path.join(root, folderOf(manifest, name))
    if (stored.artifact === "report") return copyReport(record, result, name, folder)
    return copyOutput({ manifest, output: name }, folder, { existing: "refuse" })
  })
  return { copied: copied.flat(), ties: 0, responses: null }
})

/** Exports those of the outputs that are preferences. */
const asTrl = Effect.fnUntraced(function* (record: RunRecord, { id, manifest }: StageResult, outputs: ReadonlyArray<Output>, root: string) {
  const preferences = outputs.filter(({ stored }) => stored.artifact === "preferences")
  if (preferences.length === 0) {
    const all = outputs.map(({ name, stored }) => `${name} (${stored.artifact})`).join(", ")
    return yield* new UsageError({ message: `stage ${id} has no preferences to export for TRL; its outputs: ${all}` })
  }
  const written = yield* Effect.forEach(preferences, ({ name }) => copyAsTrl(record, manifest, name, root))
  const compared = written.flatMap(({ responses }) => (responses === null ? [] : [responses]))
  const sum = (count: "compared" | "differing" | "cut") => compared.reduce((total, counts) => total + counts[count], 0)
  return {
    copied: written.flatMap(({ copied }) => copied),
    ties: written.reduce((total, { ties }) => total + ties, 0),
    responses: compared.length === 0 ? null : { compared: sum("compared"), differing: sum("differing"), cut: sum("cut") },
  }
})
