import { Context, Effect, Layer, Schema } from "effect"
import { writeAtomically } from "../../disk/write.ts"
import type { StoreNotWritable } from "../../error.ts"
import { Settings } from "../../settings.ts"
import { type Layout, layout } from "../layout.ts"
import { Remarks, type RemarksShape } from "../remarks.ts"
import { writing } from "../writing.ts"
import { failurePlace, readFailures, readRun, readRuns, runProblem, takeRunNumber } from "./read.ts"
import { FailureRecord, type RunRecord } from "./record.ts"
import { readWiring, type Wiring, writeWiring } from "./wiring.ts"

export interface RunsShape {
  /** Newest first, whatever the clock said; those that cannot be read are left out. */
  readonly all: Effect.Effect<ReadonlyArray<RunRecord>>
  /** The record of one run as it is now; null if there is none that can be read. */
  readonly one: (run: string) => Effect.Effect<RunRecord | null>
  /** Why a run is not among them though it has a record; null if it is, or has none. */
  readonly problem: (run: string) => Effect.Effect<string | null>
  /** The same as `all`, read one by one as they are asked for. */
  readonly history: () => Iterable<RunRecord>
  /** A number greater than that of any run before, which no other run gets. */
  readonly takeNumber: Effect.Effect<number, StoreNotWritable>
  readonly record: (run: RunRecord) => Effect.Effect<void, StoreNotWritable>
  /**
   * Keeps how the stages of a run are wired, and returns its digest, for the record of the run. In
   * a store that cannot be written nothing is kept.
   */
  readonly keepWiring: (wiring: Wiring) => Effect.Effect<string>
  /** How the stages of a run are wired, by that digest; null if it is gone or cannot be read. */
  readonly wiring: (digest: string) => Effect.Effect<Wiring | null>
  /** The last failure of each key, newest first. */
  readonly failures: Effect.Effect<ReadonlyArray<FailureRecord>>
  /** Keeps the last failure of a key and returns the path of its record. */
  readonly recordFailure: (failure: FailureRecord) => Effect.Effect<string, StoreNotWritable>
}

/** What was asked for and what came of it: records of runs, and of stages that failed. */
export class Runs extends Context.Service<Runs, RunsShape>()("assay/runtime/Runs") {
  static readonly layer: Layer.Layer<Runs, never, Settings | Remarks> = Layer.effect(
    Runs,
    Effect.gen(function* () {
      return folderRuns(layout((yield* Settings).store), yield* Remarks)
    }),
  )
}

/** The runs in a folder. */
export const folderRuns = (places: Layout, remarks: RemarksShape): RunsShape => {
  const store = places.root
  let number: number | undefined
  return {
    all: Effect.sync(() => [...readRuns(places, remarks)]),
    one: (run) => Effect.sync(() => readRun(places, run)),
    problem: (run) => Effect.sync(() => runProblem(places, run)),
    history: () => readRuns(places, remarks),
    takeNumber: writing(store, () => {
      number = takeRunNumber(places)
      return number
    }),
    record: (run) => writing(store, () => writeAtomically(places.run(run.run), `${JSON.stringify(run, null, 1)}\n`)),
    keepWiring: (wiring) => Effect.sync(() => writeWiring(places, wiring)),
    wiring: (digest) => Effect.sync(() => readWiring(places, digest)),
    failures: Effect.sync(() => readFailures(places, remarks)),
    recordFailure: (failure) =>
      writing(store, () => {
        const file = failurePlace(places, failure.key)
        const numbered = number === undefined ? failure : { ...failure, number }
        writeAtomically(file, `${JSON.stringify(Schema.encodeSync(FailureRecord)(numbered), null, 1)}\n`)
        return file
      }),
  }
}
