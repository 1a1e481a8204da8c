import { Effect } from "effect"
import { UnknownStage } from "../error.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import { nearest } from "./nearest.ts"
import { type PlannedStage, plan } from "./plan.ts"

/** What a run would do with one stage, and why. */
export const why = Effect.fn("why")(function* (loaded: LoadedPipeline, id: string) {
  const known = yield* resolveStage(
    loaded.graph.stages.map((stage) => stage.id),
    id,
  )
  const { stages } = yield* plan(loaded)
  return stages.find((stage) => stage.id === known) as PlannedStage
})

/** The id itself, if it is among those known. */
export const resolveStage = (known: ReadonlyArray<string>, wanted: string): Effect.Effect<string, UnknownStage> => {
  if (known.includes(wanted)) return Effect.succeed(wanted)
  const candidates = nearest(known, wanted)
  const hint = candidates.length > 0 ? `did you mean ${candidates.join(", ")}?` : "`assay plan` lists the stages there are"
  return Effect.fail(new UnknownStage({ wanted, candidates, message: `there is no stage "${wanted}": ${hint}` }))
}
