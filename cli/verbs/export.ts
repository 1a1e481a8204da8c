import * as path from "node:path"
import { Effect, Option } from "effect"
import { Results, type RunRecord, type StoredOutput } from "../../runtime/index.ts"
import { describeNotes, type Exported } from "../copy/exported.ts"
import { fileName } from "../copy/file-name.ts"
import { type Format, isTaken, isTrlForm, whatIsTaken, whatWouldWork } from "../copy/format.ts"
import { exportOutputs } from "../copy/outputs.ts"
import { UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { formatBytes } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import { stagePattern } from "../stage-pattern.ts"
import type { StageResult } from "../stage-result.ts"
import { findResult, findRun, type Output, relativePath, selectOutputs } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const exportArtifacts = Effect.fn("assay export")(function* (options: Options<"exportArtifacts">) {
  const { stage, directory, tokenIds, pipeline, json } = options
  if (options.png && options.format !== "files" && options.format !== "png")
    return yield* new UsageError({ message: `--png and --format ${options.format} do not go together: give one of them` })
  const format: Format = options.png ? "png" : options.format
  const choice: Choice = { output: options.output, format, tokenIds }
  if (tokenIds && !isTrlForm(format))
    return yield* new UsageError({
      message: `--token-ids adds columns to TRL's forms: use it with --format trl, trl-implicit, trl-conversational or kto; ${format === "tensorboard" || format === "png" ? `${format === "png" ? "figures" : "metrics"} have none` : `${format} keeps every column`}`,
    })
  const record = yield* findRun(pipeline)
  const root = path.resolve(directory)
  if (isPattern(record, stage)) {
    const exported = yield* exportMatching(record, stage, choice, root)
    const stages = exported.map(({ id, folder, copied, notes }) => ({ id, ...exportJson(folder, { copied, notes }) }))
    // If the stage is a pattern.
    if (json) return yield* printJson({ directory: root, stages })
    for (const each of exported) yield* printExported(each)
    return
  }
  const result = yield* findResult(record, stage)
  const outputs = yield* selectOutputs(result, options.output)
  const taken = outputs.flatMap(({ name, stored }) => (isTaken(format, stored) ? [name] : []))
  const leftOut = outputs.filter(({ stored }) => !isTaken(format, stored))
  if (taken.length === 0) return yield* nothingToExport(result.id, leftOut, format)
  const exported = yield* exportOutputs(record, result, taken, root, choice)
  // If it is one stage; `ties` and `responses` of TRL's forms, and what else the format cannot say.
  if (json) return yield* printJson({ id: result.id, ...exportJson(root, exported) })
  yield* printExported(exported)
  if (leftOut.length > 0) yield* print(`left out, because ${format} cannot hold it: ${describe(leftOut)}`)
}, withRuntime)

type Choice = Pick<Options<"exportArtifacts">, "output" | "tokenIds"> & { readonly format: Format }

const nothingToExport = (id: string, outputs: ReadonlyArray<Output>, format: Format) => {
  const hint = whatWouldWork(outputs.map(({ stored }) => stored))
  return new UsageError({ message: `stage ${id} has no ${whatIsTaken(format)}; its outputs: ${describe(outputs)}; ${hint}` })
}

const describe = (outputs: ReadonlyArray<Output>): string => outputs.map(({ name, stored }) => `${name} (${stored.artifact})`).join(", ")

/** Whether it is not the id of a stage, but stands for several. */
const isPattern = ({ stages }: RunRecord, wanted: string): boolean => wanted.includes("*") && !stages.some(({ id }) => id === wanted)

/**
 * Exports every stage whose id matches a pattern, and that has something of the format, to a folder
 * named by its id. The others are what a pattern leaves out.
 */
const exportMatching = Effect.fnUntraced(function* (record: RunRecord, pattern: string, choice: Choice, root: string) {
  const matches = stagePattern(pattern)
  const manifests = yield* (yield* Results).of(record)
  const results = [...manifests].flatMap(([id, manifest]): ReadonlyArray<StageResult> => (matches.test(id) ? [{ id, manifest }] : []))
  if (results.length === 0)
    return yield* new UsageError({ message: `no stage with a result matches "${pattern}"; "assay ls" lists the stages` })
  const isWanted = ([name, stored]: readonly [string, StoredOutput]) =>
    Option.getOrElse(choice.output, () => name) === name && isTaken(choice.format, stored)
  const exports = results.flatMap((result) => {
    const taken = Object.entries(result.manifest.outputs).flatMap((entry) => (isWanted(entry) ? [entry[0]] : []))
    return taken.length === 0 ? [] : [{ result, taken, folder: path.join(root, fileName(result.id)) }]
  })
  if (exports.length === 0)
    return yield* new UsageError({
      message: `none of the ${results.length} stages that match "${pattern}" has ${whatIsTaken(choice.format)}`,
    })
  return yield* Effect.forEach(exports, ({ result, taken, folder }) =>
    Effect.map(exportOutputs(record, result, taken, folder, choice), (exported) => ({
      id: result.id,
      folder,
      ...exported,
    })),
  )
})

const exportJson = (folder: string, { copied, notes }: Exported) => ({
  directory: folder,
  files: copied.map((file) => ({ name: path.relative(folder, file.path), bytes: file.bytes })),
  ...notes,
})

const printExported = Effect.fnUntraced(function* ({ copied, notes }: Exported) {
  for (const file of copied) yield* print(`${relativePath(file.path)}  ${formatBytes(file.bytes)}`)
  for (const sentence of describeNotes(notes)) yield* print(sentence)
})
