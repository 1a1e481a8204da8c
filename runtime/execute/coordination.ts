import { Effect, type Exit, FiberSet, Queue, type Scope } from "effect"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import type { StageFailed, StoreNotWritable } from "../error.ts"
import type { RunCode } from "../fingerprint/graph-code.ts"
import type { RunEvent } from "../observe/event.ts"
import { Remarks } from "../store/remarks.ts"
import type { Manifest } from "../store/results/manifest.ts"
import type { StageOutcome } from "../store/runs/record.ts"
import type { Attempt } from "./compute.ts"
import { outcomeOf } from "./outcome.ts"
import type { Placement } from "./placement.ts"
import type { Ready } from "./ready.ts"
import type { Allocation, Resources } from "./resources.ts"
import { type Schedule, schedule } from "./schedule.ts"
import { type Waits, waits } from "./wait.ts"

/** What a run was asked for, and what it has come to so far. */
export interface RunState {
  readonly graph: Graph
  readonly graphCode: RunCode
  readonly runId: string
  /** Stages that are asked again although they have results. */
  readonly refresh: ReadonlySet<string>
  readonly outcomes: Map<string, StageOutcome>
  readonly failures: Array<StageFailed>
  readonly manifests: Map<string, Manifest>
  /** Tells all that listen to the run. */
  readonly publish: (event: RunEvent) => void
}

export type Message =
  | { readonly type: "attempt"; readonly ready: Ready; readonly exit: Exit.Exit<Attempt, StoreNotWritable> }
  | { readonly type: "retry"; readonly stage: GraphStage }
  /** The stage has computed; its result has still to be published. */
  | { readonly type: "computed"; readonly ready: Ready }

/** A run in progress, as the one fiber that decides sees it. */
export interface Coordination<R = never> {
  readonly run: RunState
  readonly placement: Placement<R>
  readonly stages: Schedule
  readonly machine: Resources
  /** Stages without a result that have not been started. */
  readonly waiting: Array<Ready>
  /** Started stages that still compute, with what they were allocated. */
  readonly computing: Map<Ready, Allocation>
  /** Keys that other processes compute. */
  readonly held: Waits
  readonly messages: Queue.Queue<Message>
  readonly fibers: FiberSet.FiberSet
  /**
   * Started fibers whose last message has not been taken: of stages that compute, publish, or wait
   * for a retry.
   */
  inFlight: number
}

export const beginCoordination = <R>(run: RunState, placement: Placement<R>): Effect.Effect<Coordination<R>, never, Scope.Scope> =>
  Effect.gen(function* () {
    return {
      run,
      placement,
      stages: schedule(run.graph),
      machine: placement.resources,
      waiting: [],
      computing: new Map(),
      held: waits(),
      messages: yield* Queue.unbounded<Message>(),
      fibers: yield* FiberSet.make(),
      inFlight: 0,
    }
  })

/**
 * Records what an event says of a stage, and publishes it; one that repeats the stage's outcome is
 * recorded only.
 */
export const announce = ({ run }: Pick<Coordination, "run">, event: RunEvent): Effect.Effect<void> =>
  Effect.sync(() => {
    const outcome = outcomeOf(event)
    const isRepeated = outcome !== null && run.outcomes.get(outcome.id)?.outcome === outcome.outcome
    if (outcome !== null) run.outcomes.set(outcome.id, outcome)
    if (!isRepeated) run.publish(event)
  })

/** Publishes what the store has to say, as warnings about a stage. */
export const announceRemarks = Effect.fnUntraced(function* (coordination: Pick<Coordination, "run">, id: string) {
  for (const message of yield* (yield* Remarks).take) yield* announce(coordination, { type: "warning", id, message })
})
