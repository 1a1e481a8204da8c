/** Which pipeline, run and stage are meant where the reader does not say, or says it by name. */

import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Option } from "effect"
import { type RunRecord, resolveStage, Store, type StoredOutput } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { Made } from "../made.ts"
import { onlyPipeline } from "./only-pipeline.ts"

const nothingRan = 'no pipeline has run here yet: name a file, or run one with "assay run <file>"'

/** The newest run, or the newest of one pipeline (by file, or by name). */
export const chosenRun = Effect.fnUntraced(function* (pipeline: Option.Option<string>) {
  const { runs } = yield* Store
  const records = yield* runs
  const found = records.find((record) => Option.match(pipeline, { onNone: () => true, onSome: (wanted) => isOf(wanted, record) }))
  if (found !== undefined) return found
  return yield* new UsageError({
    message: Option.match(pipeline, {
      onNone: () => nothingRan,
      onSome: (wanted) => `${wanted}: this pipeline has not run here: run it with "assay run ${wanted}"`,
    }),
  })
})

/** A run by its id or the start of it; `~1` is the one before the last; the newest of a pipeline by name or file. */
export const namedRun = Effect.fnUntraced(function* (wanted: string) {
  const { runs } = yield* Store
  const records = yield* runs
  const ago = /^~(\d+)$/.exec(wanted)
  const found = ago === null ? records.find((record) => record.run.startsWith(wanted) || isOf(wanted, record)) : records[Number(ago[1])]
  if (found !== undefined) return found
  const latest = records.slice(0, 3).map(({ run }) => run)
  return yield* new UsageError({
    message: records.length === 0 ? nothingRan : `there is no run ${wanted}; the latest are ${latest.join(", ")}`,
  })
})

const isOf = (wanted: string, record: RunRecord): boolean => record.pipeline === wanted || record.path === path.resolve(wanted)

/**
 * The file that is named, else the file of the newest run of a pipeline of that name, or of any pipeline where none is named; the
 * project's only pipeline where none has run.
 */
export const chosenFile = Effect.fnUntraced(function* (pipeline: Option.Option<string>) {
  const wanted = Option.getOrUndefined(pipeline)
  if (wanted !== undefined && fs.existsSync(wanted)) return wanted
  const { runs } = yield* Store
  const found = (yield* runs).find((record) => wanted === undefined || record.pipeline === wanted)
  if (found !== undefined) return found.path
  // What is no name either is left to whoever opens it: that error knows where it looked.
  return wanted ?? (yield* onlyPipeline)
})

/** The stage of a run that is meant, and what it made. Fails where it made nothing. */
export const madeBy = Effect.fnUntraced(function* (record: RunRecord, wanted: string) {
  const store = yield* Store
  const known = record.stages.map(({ id }) => id)
  const id = yield* resolveStage(known, wanted)
  const stage = record.stages.find((each) => each.id === id)
  const manifest = stage?.key == null ? null : yield* store.manifest(stage.key)
  if (manifest !== null) return { id, manifest } satisfies Made
  const reason =
    stage?.key == null ? `it has no result: ${stage?.outcome ?? "it never ran"} in the last run` : "its result is no longer in the store"
  return yield* new UsageError({ message: `stage ${id}: ${reason}; run it with "assay run ${shortest(record.path)}"` })
})

/** An output of a stage by its name. */
export interface Output {
  readonly name: string
  readonly stored: StoredOutput
}

/** The outputs that are meant: the named one, or all. */
export const chosenOutputs = Effect.fnUntraced(function* ({ id, manifest }: Made, output: Option.Option<string>) {
  const all = Object.entries(manifest.outputs).map(([name, stored]) => ({ name, stored }))
  const found = Option.match(output, { onNone: () => all, onSome: (wanted) => all.filter(({ name }) => name === wanted) })
  if (found.length > 0) return found
  const names = all.map(({ name }) => name).join(", ")
  return yield* new UsageError({
    message: `stage ${id}: has no output "${Option.getOrElse(output, () => "")}"; its outputs: ${names}`,
  })
})

/** A path as one would type it here. */
export const shortest = (file: string): string => {
  const relative = path.relative(process.cwd(), file)
  return relative.length < file.length ? relative : file
}
