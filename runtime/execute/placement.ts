import type { Effect } from "effect"
import type { Graph } from "../../dsl/graph.ts"
import type { Connections } from "../connect/connections.ts"
import type { StoreNotWritable } from "../error.ts"
import type { GraphCode } from "../fingerprint/graph-code.ts"
import { checkStages, type Warning } from "../plan/check.ts"
import type { Settings, SettingsShape } from "../settings.ts"
import type { Store } from "../store/store.ts"
import { type Attempt, type AttemptOptions, compute } from "./compute.ts"
import type { Executor } from "./executor/executor.ts"
import type { Ready } from "./ready.ts"
import { type Resources, resources } from "./resources.ts"

/** Where the stages of a run are computed; attempts may need the services `R`. */
export interface Placement<R = never> {
  /** What stages that are computed at one time may have together. */
  readonly resources: Resources
  /** Computes a stage that has no result. */
  readonly attempt: (ready: Ready, options: AttemptOptions) => Effect.Effect<Attempt, StoreNotWritable, R>
  /** What a reader should know before these stages compute. */
  readonly warnings: (ids: ReadonlySet<string>) => Effect.Effect<ReadonlyArray<Warning>, never, R>
  /**
   * Whether the results of the pipeline are opened and verified at the end of the run: where their
   * reader is on this machine.
   */
  readonly verifiesResults: boolean
  /** Whether the run goes on elsewhere if it is interrupted now: then its end is not told. */
  readonly continuesElsewhere: () => boolean
}

/** On this machine, in processes of its own. */
export const onThisMachine = (
  settings: SettingsShape,
  graph: Graph,
  graphCode: GraphCode,
): Placement<Store | Executor | Connections | Settings> => ({
  resources: resources(settings),
  attempt: compute,
  warnings: (ids) => checkStages(graph, graphCode, ids),
  verifiesResults: true,
  continuesElsewhere: () => false,
})
