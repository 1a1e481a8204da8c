import { Context, Effect, Layer } from "effect"
import type { ObjectDamaged, StoreNotWritable } from "../../error.ts"
import { Settings } from "../../settings.ts"
import { type Layout, layout } from "../layout.ts"
import { Remarks, type RemarksShape } from "../remarks.ts"
import type { RunRecord } from "../runs/record.ts"
import { notWritable } from "../writing.ts"
import type { Manifest } from "./manifest.ts"
import { type Publication, publisher } from "./publish.ts"
import { type ArtifactFile, reader } from "./reader.ts"
import type { StoredFile } from "./verify.ts"

export interface ResultsShape {
  /**
   * The same results for a command that repairs: what is found damaged is quarantined, so that it
   * is computed again. Otherwise nothing is moved, and what was found is noted for the next run.
   */
  readonly repairing: ResultsShape
  /**
   * The result under a key, if it is whole as far as a look at the folder can tell. One of another
   * format is left alone.
   */
  readonly manifest: (key: string) => Effect.Effect<Manifest | null>
  /**
   * The same, asked of the store itself: another machine may have published it a moment ago.
   */
  readonly latest: (key: string) => Effect.Effect<Manifest | null>
  /**
   * Why there is no manifest under a key: what of its result is damaged, or who wrote it. Null if
   * it is whole, or absent.
   */
  readonly problem: (key: string) => Effect.Effect<string | null>
  /**
   * The results of a run that are still in the store, by the ids of the stages, in the run's order.
   */
  readonly of: (run: Pick<RunRecord, "stages">) => Effect.Effect<ReadonlyMap<string, Manifest>>
  /** The files of one output, their bytes verified once. */
  readonly open: (manifest: Manifest, output: string) => Effect.Effect<ReadonlyArray<ArtifactFile>, ObjectDamaged>
  /** The path of a file of an output, unverified. */
  readonly locate: (file: StoredFile) => string
  /** Makes a result visible, whole or not at all. */
  readonly publish: (publication: Publication) => Effect.Effect<Manifest, StoreNotWritable>
}

/** Results by key and their objects by content, in the folder that the settings name. */
export class Results extends Context.Service<Results, ResultsShape>()("assay/runtime/Results") {
  static readonly layer: Layer.Layer<Results, never, Settings | Remarks> = Layer.effect(
    Results,
    Effect.gen(function* () {
      return folderResults(layout((yield* Settings).store), yield* Remarks)
    }),
  )
}

/** The results in a folder. `sound` are objects whose bytes have been verified. */
export const folderResults = (places: Layout, remarks: RemarksShape, sound = new Map<string, string>()): ResultsShape => {
  const publish = publisher(places)
  const make = (repairing: boolean): Omit<ResultsShape, "repairing"> => {
    const { manifest, problem, open } = reader(places, { repairing, remarks, sound })
    return {
      manifest,
      latest: manifest,
      problem,
      of: (run) => resultsOf(manifest, run),
      open,
      locate: ({ object }) => places.object(object),
      publish: (publication) =>
        Effect.uninterruptible(Effect.tryPromise({ try: () => publish(publication), catch: (error) => notWritable(places.root, error) })),
    }
  }
  const repairing: ResultsShape = {
    ...make(true),
    get repairing() {
      return repairing
    },
  }
  return { ...make(false), repairing }
}

/** The results of the stages of a run, by what finds one by its key. */
export const resultsOf = Effect.fnUntraced(function* (manifest: ResultsShape["manifest"], { stages }: Pick<RunRecord, "stages">) {
  const found = new Map<string, Manifest>()
  for (const { id, key } of stages) {
    const result = key === null ? null : yield* manifest(key)
    if (result !== null) found.set(id, result)
  }
  return found
})
