import { Context, Effect, Layer } from "effect"
import type { StoreNotWritable } from "../../error.ts"
import { Settings } from "../../settings.ts"
import { type Layout, layout } from "../layout.ts"
import { Remarks, type RemarksShape } from "../remarks.ts"
import { readRuns } from "../runs/read.ts"
import { writing } from "../writing.ts"
import { type Census, census } from "./census.ts"
import { type Collected, type CollectOptions, collect } from "./collect.ts"
import { type Pinned, pin, readPins, unpin } from "./pin.ts"

export interface UpkeepShape {
  readonly collect: (options: CollectOptions) => Effect.Effect<Collected, StoreNotWritable>
  readonly pins: Effect.Effect<ReadonlyArray<Pinned>>
  readonly pin: (pinned: Pinned) => Effect.Effect<void, StoreNotWritable>
  /** False if the key was not pinned. */
  readonly unpin: (key: string) => Effect.Effect<boolean, StoreNotWritable>
  readonly census: Effect.Effect<Census>
}

/** What the store holds, what stays in it and what goes. */
export class Upkeep extends Context.Service<Upkeep, UpkeepShape>()("assay/runtime/Upkeep") {
  static readonly layer: Layer.Layer<Upkeep, never, Settings | Remarks> = Layer.effect(
    Upkeep,
    Effect.gen(function* () {
      return folderUpkeep(layout((yield* Settings).store), yield* Remarks)
    }),
  )
}

/** The upkeep of a folder. */
export const folderUpkeep = (places: Layout, remarks: RemarksShape): UpkeepShape => ({
  collect: (options) => writing(places.root, () => collect(places, readRuns(places, remarks), options, remarks)),
  pins: Effect.sync(() => readPins(places)),
  pin: (pinned) => writing(places.root, () => pin(places, pinned)),
  unpin: (key) => writing(places.root, () => unpin(places, key)),
  census: Effect.sync(() => census(places)),
})
