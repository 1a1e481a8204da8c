/** Finds the pipeline, run, stage and outputs that the command line names, or their defaults. */

import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Option } from "effect"
import { Results, type RunRecord, Runs, resolveStage, type StoredOutput } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { StageResult } from "../stage-result.ts"
import { onlyPipeline } from "./only-pipeline.ts"

const nothingRan = 'no pipeline has run here yet: name a file, or run one with "assay run <file>"'

/** The latest run, or the latest of one pipeline, given by file or name. */
export const findRun = Effect.fnUntraced(function* (pipeline: Option.Option<string>) {
  const { all: runs } = yield* Runs
  const records = yield* runs
  const wanted = Option.getOrNull(pipeline)
  const latest = records.find((record) => wanted === null || isRunOf(wanted, record))
  if (latest !== undefined) return latest
  return yield* new UsageError({
    message: wanted === null ? nothingRan : `pipeline ${wanted} has not run here: run it with "assay run ${wanted}"`,
  })
})

/**
 * A run by its id or the start of it; `~1` is the one before the latest; the latest of a pipeline
 * by name or file.
 */
export const findRunByName = Effect.fnUntraced(function* (wanted: string) {
  const { all: runs } = yield* Runs
  return yield* findAmong(yield* runs, wanted)
})

/** The same among the runs of another store, newest first. */
export const findAmong = Effect.fnUntraced(function* (records: ReadonlyArray<RunRecord>, wanted: string) {
  const ago = /^~(\d+)$/.exec(wanted)
  const record = ago === null ? records.find((each) => each.run.startsWith(wanted) || isRunOf(wanted, each)) : records[Number(ago[1])]
  if (record !== undefined) return record
  const latest = records.slice(0, 3).map(({ run }) => run)
  return yield* new UsageError({
    message: records.length === 0 ? nothingRan : `run ${wanted} was not found; the latest are ${latest.join(", ")}`,
  })
})

const isRunOf = (wanted: string, record: RunRecord): boolean => record.pipeline === wanted || record.path === path.resolve(wanted)

/**
 * The named file, or the file of the latest run: of the pipeline with that name, or of any pipeline
 * if none is named; the project's only pipeline if none has run.
 */
export const findPipelineFile = Effect.fnUntraced(function* (pipeline: Option.Option<string>) {
  const wanted = Option.getOrUndefined(pipeline)
  if (wanted !== undefined && fs.existsSync(wanted)) return wanted
  const { all: runs } = yield* Runs
  const record = (yield* runs).find(({ pipeline: name }) => wanted === undefined || name === wanted)
  if (record !== undefined) return record.path
  // Neither a file nor a name: the error of opening it says where it looked.
  return wanted ?? (yield* onlyPipeline)
})

/**
 * The result of a stage in a run. Fails with a UsageError if the stage is unknown or has no result.
 */
export const findResult = Effect.fnUntraced(function* (record: RunRecord, wanted: string) {
  const results = yield* Results
  const ids = record.stages.map(({ id }) => id)
  const id = yield* resolveStage(ids, wanted)
  const stage = record.stages[ids.indexOf(id)]
  const manifest = stage?.key == null ? null : yield* results.manifest(stage.key)
  if (manifest !== null) return { id, manifest } satisfies StageResult
  const reason =
    stage?.key == null
      ? `has no result: ${stage?.outcome ?? "it never ran"} in the last run`
      : "has a result that is no longer in the store"
  return yield* new UsageError({ message: `stage ${id} ${reason}; run it with "assay run ${relativePath(record.path)}"` })
})

/** An output of a stage by its name. */
export interface Output {
  readonly name: string
  readonly stored: StoredOutput
}

/** The named output of a stage, or all. */
export const selectOutputs = Effect.fnUntraced(function* ({ id, manifest }: StageResult, output: Option.Option<string>) {
  const all = Object.entries(manifest.outputs).map(([name, stored]) => ({ name, stored }))
  if (Option.isNone(output)) return all
  const selected = all.filter(({ name }) => name === output.value)
  if (selected.length > 0) return selected
  const names = all.map(({ name }) => name).join(", ")
  return yield* new UsageError({ message: `stage ${id} has no output "${output.value}"; its outputs: ${names}` })
})

/** A path relative to the working directory, if that is shorter. */
export const relativePath = (file: string): string => {
  const relative = path.relative(process.cwd(), file)
  return relative.length < file.length ? relative : file
}
