import { Effect } from "effect"
import { type BadParameter, type LoadedPipeline, withParameter } from "../../runtime/index.ts"

/** Applies assignments of the form `<stage>.<parameter>=<value>` to a pipeline, in order. */
export const setParameters = (loaded: LoadedPipeline, assignments: ReadonlyArray<string>): Effect.Effect<LoadedPipeline, BadParameter> =>
  Effect.reduce(
    assignments,
    () => loaded,
    (pipeline, assignment) => withParameter(pipeline, assignment),
  )
