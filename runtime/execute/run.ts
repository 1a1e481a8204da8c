import { Effect } from "effect"
import type { Connections } from "../connect/connections.ts"
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

export interface RunOptions {
  /** Ids of recorded stages that are asked again although they have results. */
  readonly refresh?: ReadonlySet<string>
}

/**
 * Computes what a pipeline asks for and the store does not hold, on this machine. Succeeds also
 * when stages failed: `outcome` tells.
 */
export const run: (
  loaded: LoadedPipeline,
  options?: RunOptions,
) => Effect.Effect<
  RunSummary,
  PlanError | BadRegistration | StoreNotWritable,
  Settings | Store | Journals | Executor | Connections | Events
> = Effect.fn("run")(function* (loaded, options = {}) {
  const prepared = yield* prepareRun(loaded)
  return yield* conduct({ ...prepared, ...options }, onThisMachine(yield* Settings, prepared.graph, prepared.graphCode))
})
