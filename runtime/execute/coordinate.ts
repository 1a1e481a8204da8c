import { Effect, Exit, Fiber, Queue } from "effect"
import { warningText } from "../plan/check.ts"
import { Results } from "../store/results/results.ts"
import { conclude } from "./conclude.ts"
import { announce, announceRemarks, beginCoordination, type Coordination, type RunState } from "./coordination.ts"
import { dispatch, lookUpReady } from "./dispatch.ts"
import { pipelineResults } from "./pipeline-results.ts"
import type { Placement } from "./placement.ts"

/**
 * Computes all stages of a run: one fiber that decides, and one for each stage that computes. What
 * stages are allocated is never more than the machine has.
 */
export const coordinate = Effect.fnUntraced(function* <R>(run: RunState, placement: Placement<R>) {
  const coordination = yield* beginCoordination(run, placement)
  // A result makes others ready: after this look every stage that is cached is known.
  yield* lookUpReady(coordination)
  const checks = yield* Effect.forkChild(announceChecks(coordination))
  do {
    yield* dispatch(coordination)
    while (coordination.inFlight > 0) {
      yield* conclude(coordination, yield* Queue.take(coordination.messages))
      yield* dispatch(coordination)
    }
  } while (placement.verifiesResults && !(yield* areResultsSound(coordination)))
  yield* Fiber.join(checks)
})

/** Publishes the warnings of the stages without a result, while the first of these compute. */
const announceChecks = Effect.fnUntraced(function* <R>(coordination: Coordination<R>) {
  const { graph, outcomes } = coordination.run
  const toRun = graph.stages.flatMap(({ id }) => (outcomes.has(id) ? [] : [id]))
  for (const warning of yield* coordination.placement.warnings(new Set(toRun)))
    yield* announce(coordination, { type: "warning", id: warning.ids[0] as string, message: warningText(warning) })
})

/**
 * The reader will open the pipeline's results: they are verified like any other input, and computed
 * again where they are damaged.
 */
const areResultsSound = Effect.fnUntraced(function* <R>(coordination: Coordination<R>) {
  const { run, stages } = coordination
  const results = yield* Results
  const damaged = new Set<string>()
  for (const { id, output, manifest } of pipelineResults(run.graph, run.manifests)) {
    const opened = yield* Effect.exit(results.open(manifest, output))
    if (Exit.isFailure(opened)) damaged.add(id)
  }
  for (const id of damaged) stages.reopen(id, null)
  yield* announceRemarks(coordination, [...damaged].join(", "))
  return damaged.size === 0
})
