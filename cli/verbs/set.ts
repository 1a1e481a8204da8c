import { Effect } from "effect"
import { type BadParameter, type LoadedPipeline, withParameter } from "../../runtime/index.ts"

/** The pipeline with each of these `<stage>.<parameter>=<value>` in place of what the file says, one after the other. */
export const withParameters = (loaded: LoadedPipeline, assignments: ReadonlyArray<string>): Effect.Effect<LoadedPipeline, BadParameter> =>
  Effect.reduce(
    assignments,
    () => loaded,
    (pipeline, assignment) => withParameter(pipeline, assignment),
  )
