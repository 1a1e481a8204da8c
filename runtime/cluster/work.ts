import { Clock, DateTime, Effect } from "effect"
import { Workspace } from "../store/workspace/workspace.ts"
import { capabilityOf } from "./capability.ts"
import { conductRuns } from "./conductor.ts"
import { cleanUp } from "./database.ts"
import { offersFor } from "./offers.ts"
import type { Capability } from "./requirement.ts"
import { answerRollCall } from "./roll-call.ts"
import { type Activity, computeStages, type News } from "./worker.ts"

export interface WorkOptions {
  readonly labels: ReadonlyArray<string>
  /** Seconds without anything to do after which it ends; null for never. */
  readonly untilIdleSeconds: number | null
  /** Called when it has joined. */
  readonly joined: (capability: Capability) => Effect.Effect<void>
  /** Called for each kind of stages that it cannot compute, with the reason. */
  readonly refused: (reason: string) => Effect.Effect<void>
  /** Called when a stage begins, and when it has ended. */
  readonly tell: (news: News) => Effect.Effect<void>
}

/** Milliseconds between two looks at what a worker does. */
const watchMs = 500

/**
 * Joins the cluster: computes stages that fit this machine and conducts runs, until it is
 * interrupted or idle for long enough. What it is interrupted in goes to other workers.
 */
export const work = Effect.fn("work")(function* ({ labels, untilIdleSeconds, joined, refused, tell }: WorkOptions) {
  yield* (yield* Workspace).prepare
  const capability = yield* capabilityOf(labels)
  const offers = yield* offersFor(capability)
  const activity: Activity = { computing: new Set(), idleSince: yield* Clock.monotonicTimeNanos, tell }
  let conducting: ReadonlySet<string> = new Set()
  const since = DateTime.formatIso(yield* DateTime.now)
  yield* cleanUp
  yield* Effect.forkScoped(answerRollCall({ capability, offers, activity, conducting: () => conducting, since }))
  yield* Effect.forkScoped(conductRuns((runs) => (conducting = new Set(runs))))
  yield* Effect.forkScoped(computeStages(offers, activity))
  yield* joined(capability)
  const said = new Set<string>()
  for (;;) {
    yield* Effect.sleep(watchMs)
    for (const { reason } of offers.refusals()) {
      if (said.has(reason)) continue
      said.add(reason)
      yield* refused(reason)
    }
    const now = yield* Clock.monotonicTimeNanos
    if (activity.computing.size > 0 || conducting.size > 0) activity.idleSince = now
    if (untilIdleSeconds !== null && now - activity.idleSince > BigInt(Math.round(untilIdleSeconds * 1e9))) return
  }
}, Effect.scoped)
