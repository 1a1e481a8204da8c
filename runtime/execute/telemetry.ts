/** Spans of a run, of its stages, and of the store's work for them. */

import * as os from "node:os"
import { Effect, type Scope } from "effect"
import type { GraphStage } from "../../dsl/graph.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { countBytes } from "../telemetry/metrics.ts"
import { inSpan } from "../telemetry/span.ts"
import type { Attempt } from "./compute.ts"
import type { RunSummary } from "./conduct.ts"
import type { PreparedRun } from "./prepare.ts"
import type { Ready } from "./ready.ts"
import type { TaskOutputs } from "./task/task.ts"

/**
 * The span of a run, under which all others are, also those of other processes. Closes its scope.
 */
export const inRunSpan = <E, R>(
  effect: Effect.Effect<RunSummary, E, R>,
  { graph }: Pick<PreparedRun, "graph">,
): Effect.Effect<RunSummary, E, Exclude<R, Scope.Scope>> =>
  inSpan(Effect.scoped(effect), `run ${graph.name}`, {
    first: true,
    failureOf: ({ failures: [first, ...others] }) =>
      first === undefined
        ? null
        : { type: first.tag, message: `${first.message}${others.length > 0 ? ` (and ${others.length} more)` : ""}` },
  })

/** The span of a stage, from when its key is leased until its result is published. */
export const inStageSpan = <E, R>(
  effect: Effect.Effect<Attempt, E, R>,
  { stage, key }: Ready,
  threads: number,
): Effect.Effect<Attempt, E, R> =>
  inSpan(effect, `stage ${stage.declaration.name}`, {
    attributes: {
      "assay.stage.id": stage.id,
      "assay.stage.name": stage.declaration.name,
      "assay.stage.key": key,
      "assay.stage.threads": threads,
      "host.name": os.hostname(),
    },
    ended: (attempt) => ({
      "assay.stage.outcome": attempt.type,
      ...("seconds" in attempt ? { "assay.stage.seconds": attempt.seconds } : {}),
      ...(attempt.type === "failed" ? { "assay.stage.record": attempt.failure.record } : {}),
    }),
    failureOf: (attempt) => (attempt.type === "failed" ? { type: attempt.failure.tag, message: attempt.failure.message } : null),
  })

/** The span in which the inputs of a stage are opened and verified. */
export const inInputsSpan = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  stage: GraphStage,
  manifests: ReadonlyMap<string, Manifest>,
): Effect.Effect<A, E, R> => {
  const inputs = stage.inputs.flatMap(({ sources }) => sources)
  const bytes = sum(inputs.map(({ from }) => (from.kind === "output" ? (manifests.get(from.id)?.outputs[from.output]?.bytes ?? 0) : 0)))
  const attributes = { "assay.store.artifacts": inputs.length, "assay.store.bytes": bytes }
  return inSpan(Effect.tap(effect, countBytes("read", bytes)), "open inputs", { attributes })
}

/** The span in which a process, or a machine, computes a stage. */
export const inComputeSpan = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => inSpan(effect, "compute")

/** The span in which the outputs of a stage are published. */
export const inPublishSpan = <A, E, R>(effect: Effect.Effect<A, E, R>, outputs: TaskOutputs): Effect.Effect<A, E, R> => {
  const bytes = sum(Object.values(outputs).map((output) => output.bytes))
  const attributes = { "assay.store.artifacts": Object.keys(outputs).length, "assay.store.bytes": bytes }
  return inSpan(Effect.tap(effect, countBytes("write", bytes)), "publish", { attributes })
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, each) => total + each, 0)
