import { Effect } from "effect"
import { isRecordedStage } from "../../dsl/graph.ts"
import { type LoadedPipeline, resolveStage } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import { stagePattern } from "../stage-pattern.ts"

/**
 * The ids of the stages that `--refresh` names, by ids or patterns. Fails where one is not found,
 * or is not recorded: its result follows from its key, and asking again cannot change it.
 */
export const stagesToRefresh = Effect.fnUntraced(function* ({ graph: { stages } }: LoadedPipeline, wanted: ReadonlyArray<string>) {
  const refreshed = new Set<string>()
  for (const text of wanted) {
    const pattern = stagePattern(text)
    const matching = stages.filter(({ id }) => pattern.test(id))
    const recorded = matching.filter(isRecordedStage)
    if (matching.length === 0)
      yield* resolveStage(
        stages.map(({ id }) => id),
        text,
      )
    if (recorded.length === 0)
      return yield* new UsageError({
        message: `--refresh ${text}: ${matching.length === 1 ? "the stage is not" : "none of these stages is"} recorded, so its result follows from its key and stays the same. "assay verify" computes it again`,
      })
    for (const { id } of recorded) refreshed.add(id)
  }
  return refreshed
})
