import { Effect } from "effect"
import type { BadRegistration, PlanError, StoreNotWritable } from "../error.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import type { Events } from "../observe/event.ts"
import type { Journals } from "../observe/journal/journals.ts"
import { Settings } from "../settings.ts"
import type { Store } from "../store/store.ts"
import { conduct, type RunSummary } from "./conduct.ts"
import type { Executor } from "./executor/executor.ts"
import { onThisMachine } from "./placement.ts"
import { prepareRun } from "./prepare.ts"

/**
 * Computes what a pipeline asks for and the store does not hold, on this machine. Succeeds also
 * when stages failed: `outcome` tells.
 */
export const run: (
  loaded: LoadedPipeline,
) => Effect.Effect<RunSummary, PlanError | BadRegistration | StoreNotWritable, Settings | Store | Journals | Executor | Events> = Effect.fn(
  "run",
)(function* (loaded) {
  const prepared = yield* prepareRun(loaded)
  return yield* conduct(prepared, onThisMachine(yield* Settings, prepared.graph, prepared.graphCode))
})
