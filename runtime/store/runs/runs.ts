import { Context, Effect, Layer, Schema } from "effect"
import { writeAtomically } from "../../disk/write.ts"
import type { StoreNotWritable } from "../../error.ts"
import { Settings } from "../../settings.ts"
import { layout } from "../layout.ts"
import { Remarks } from "../remarks.ts"
import { writing } from "../writing.ts"
import { failurePlace, readFailures, readRuns, takeRunNumber } from "./read.ts"
import { FailureRecord, type RunRecord } from "./record.ts"

export interface RunsShape {
  /** Newest first, whatever the clock said; those that cannot be read are left out. */
  readonly all: Effect.Effect<ReadonlyArray<RunRecord>>
  /** The same, read one by one as they are asked for. */
  readonly history: () => Iterable<RunRecord>
  /** A number greater than that of any run before, which no other run gets. */
  readonly takeNumber: Effect.Effect<number, StoreNotWritable>
  readonly record: (run: RunRecord) => Effect.Effect<void, StoreNotWritable>
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
      const { store } = yield* Settings
      const remarks = yield* Remarks
      const places = layout(store)
      let number: number | undefined
      const shape: RunsShape = {
        all: Effect.sync(() => [...readRuns(places, remarks)]),
        history: () => readRuns(places, remarks),
        takeNumber: writing(store, () => {
          number = takeRunNumber(places)
          return number
        }),
        record: (run) => writing(store, () => writeAtomically(places.run(run.run), `${JSON.stringify(run, null, 1)}\n`)),
        failures: Effect.sync(() => readFailures(places, remarks)),
        recordFailure: (failure) =>
          writing(store, () => {
            const file = failurePlace(places, failure.key)
            const numbered = number === undefined ? failure : { ...failure, number }
            writeAtomically(file, `${JSON.stringify(Schema.encodeSync(FailureRecord)(numbered), null, 1)}\n`)
            return file
          }),
      }
      return shape
    }),
  )
}
