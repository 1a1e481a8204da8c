import { Cause, Clock, Deferred, Effect, Exit, Fiber, FiberSet, Latch, Schedule, Scope } from "effect"
import { PersistedQueue } from "effect/persistence"
import { thisProcess } from "../disk/process.ts"
import type { StoreNotWritable } from "../error.ts"
import { type Attempt, compute } from "../execute/compute.ts"
import { readyOf } from "../execute/ready.ts"
import { type Allocation, resources } from "../execute/resources.ts"
import { Settings } from "../settings.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import { joinTrace } from "../telemetry/traceparent.ts"
import { type Carried, fetchCode, readCarried } from "./carried.ts"
import { type Sender, sender } from "./channel.ts"
import { QueueNames, retrySchedule } from "./database.ts"
import { mostDeliveries } from "./elsewhere.ts"
import { machineName, type Remark, Reply, StageElement, type StageReport } from "./messages.ts"
import type { Offer, Offers } from "./offers.ts"

/** Milliseconds between two looks for stages where there are none. */
const idleMs = 100

/** Milliseconds after which a stage that was offered is no longer waited for: another has it. */
const claimMs = 1000

/** A stage that this worker computes. */
export interface Computing {
  readonly id: string
  readonly run: string
  readonly key: string
  /** Milliseconds since 1970. */
  readonly since: number
}

/** What a worker is doing. */
export interface Activity {
  readonly computing: Set<Computing>
  /** When it last had something to do, by a clock that is never set. */
  idleSince: bigint
  readonly tell: (news: News) => Effect.Effect<void>
}

/** What a worker says of its stages, for its own log. `came` is null when it begins. */
export interface News {
  readonly id: string
  readonly run: string
  readonly came: Reply["came"] | null
}

/**
 * Takes stages as long as this machine has room for them, until it is interrupted. Whatever it is
 * interrupted in goes to another worker.
 */
export const computeStages = Effect.fn("computeStages")(function* (offers: Offers, activity: Activity) {
  const machine = resources(yield* Settings)
  const fibers = yield* FiberSet.make()
  const freed = yield* Latch.make(false)
  const deal = yield* stageDealer
  for (;;) {
    freed.closeUnsafe()
    const found = machine.isAnyFree() ? yield* offers.look : []
    let isTaken = false
    for (const offer of found) {
      const { threads, memory, gpus } = offer.requirement
      const allocation = machine.allocate({ threads, memory, gpus }, offer.waiting)
      if (allocation === undefined) continue
      const claimed = yield* Deferred.make<boolean>()
      const release = Effect.sync(() => {
        machine.release(allocation)
        freed.openUnsafe()
      })
      const fiber = yield* FiberSet.run(fibers, Effect.ensuring(deal(offer, allocation, claimed, activity), release))
      const isClaimed = yield* Effect.timeoutOption(Deferred.await(claimed), claimMs)
      if (isClaimed._tag === "None") yield* Fiber.interrupt(fiber)
      else if (isClaimed.value) isTaken = true
      // What waits has changed.
      if (isTaken) break
    }
    if (!isTaken) yield* machine.isAnyFree() ? Effect.sleep(idleMs) : freed.await
  }
})

/** Takes one stage from a queue and computes it. */
const stageDealer = Effect.gen(function* () {
  const factory = yield* PersistedQueue.PersistedQueueFactory
  const senders = new Map<string, Sender>()
  const names = yield* QueueNames
  const scope = yield* Effect.scope
  const senderTo = Effect.fnUntraced(function* (submission: string) {
    const known = senders.get(submission) ?? (yield* Scope.provide(sender(names.reports(submission)), scope))
    senders.set(submission, known)
    return known
  })
  return Effect.fnUntraced(function* (offer: Offer, allocation: Allocation, claimed: Deferred.Deferred<boolean>, activity: Activity) {
    const queue = yield* factory.make({ name: offer.queue, schema: StageElement, maxAttempts: mostDeliveries, retrySchedule })
    const taken = queue.take((element) =>
      Effect.gen(function* () {
        yield* Deferred.succeed(claimed, true)
        const computing = { id: element.id, run: element.run, key: element.key, since: yield* Clock.currentTimeMillis }
        activity.computing.add(computing)
        const { id, run } = element
        yield* activity.tell({ id, run, came: null })
        const work = Effect.flatMap(computeElement(element, allocation, yield* senderTo(element.submission)), (came) =>
          activity.tell({ id, run, came }),
        )
        yield* Effect.ensuring(
          work,
          Effect.map(Clock.monotonicTimeNanos, (now) => {
            activity.computing.delete(computing)
            activity.idleSince = now
          }),
        )
      }),
    )
    const exit = yield* Effect.exit(taken)
    yield* Deferred.succeed(claimed, false)
    if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) yield* Effect.logWarning("a stage is put back", exit.cause)
  })
})

/** Submissions that a worker remembers: it may live for months. */
const mostRemembered = 16

const submissions = new Map<string, Carried>()

/** A submission is read once, while others do not follow. */
const carriedOf = Effect.fnUntraced(function* (digest: string) {
  const known = submissions.get(digest) ?? (yield* readCarried(digest))
  submissions.delete(digest)
  submissions.set(digest, known)
  for (const oldest of [...submissions.keys()].slice(0, -mostRemembered)) submissions.delete(oldest)
  return known
})

const computeElement = Effect.fnUntraced(function* (element: StageElement, allocation: Allocation, tell: Sender) {
  const { key, run } = element
  const machine = machineName(thisProcess())
  const say = (remark: Remark) => tell.send({ key, machine, ...remark } satisfies StageReport)
  const came = yield* Effect.catchTag(cameOf(element, allocation, say), "StoreNotWritable", putBack)
  const replies = yield* PersistedQueue.make({ name: (yield* QueueNames).replies(run), schema: Reply })
  yield* Effect.retry(replies.offer({ key, machine, came }), Schedule.spaced("500 millis"))
  return came
})

/**
 * A store that cannot be written is no fault of the stage: it goes to another worker, or comes back
 * to this one, without counting as delivered.
 */
const putBack = (error: StoreNotWritable) =>
  Effect.logWarning(`a stage is put back: ${error.message}`).pipe(
    Effect.andThen(Effect.sleep("1 second")),
    Effect.andThen(Effect.interrupt),
  )

const cameOf = Effect.fnUntraced(function* (element: StageElement, allocation: Allocation, say: (remark: Remark) => void) {
  const carried = yield* carriedOf(element.submission)
  const stage = carried.graph.stages.find(({ id }) => id === element.id)
  if (stage === undefined) return yield* Effect.die(new Error(`submission ${element.submission} has no stage ${element.id}`))
  const results = (yield* Results).repairing
  const manifests = new Map<string, Manifest>()
  const gone: Array<string> = []
  for (const [id, key] of Object.entries(element.producers)) {
    const manifest = yield* results.latest(key)
    if (manifest === null) gone.push(id)
    else manifests.set(id, manifest)
  }
  if (gone.length > 0) return { type: "damaged", producers: gone } as const
  const graphCode = yield* fetchCode(carried, stage)
  const ready = readyOf(stage, graphCode, manifests, element.run)
  if (ready.key !== element.key)
    return yield* Effect.die(new Error(`stage ${element.id} has the key ${ready.key} here, and ${element.key} where it was submitted`))
  const attempt = yield* compute(ready, {
    graphCode,
    manifests,
    allocation,
    isOurs: true,
    ...(carried.submission.refresh?.includes(stage.id) ? { refreshedBy: element.run } : {}),
    started: () => Effect.sync(() => say({ type: "started" })),
    warn: (message) => Effect.sync(() => say({ type: "warning", message })),
    computed: Effect.void,
    report: (report) => say({ type: "report", report }),
  }).pipe(Effect.provideService(Results, results), joinTrace(element.traceparent))
  return yield* replyOf(attempt)
})

const replyOf = (attempt: Attempt): Effect.Effect<Reply["came"]> => {
  switch (attempt.type) {
    case "finished":
      return Effect.succeed({ type: "finished", seconds: attempt.seconds })
    case "cached":
      return Effect.succeed({ type: "cached" })
    case "damaged":
      return Effect.succeed({ type: "damaged", producers: attempt.producers })
    case "held":
      return Effect.die(new Error("a stage of this worker is held by another process"))
    case "failed": {
      const { tag, message, details, record } = attempt.failure
      return Effect.succeed({ type: "failed", tag, message, details, record, seconds: attempt.seconds })
    }
  }
}
