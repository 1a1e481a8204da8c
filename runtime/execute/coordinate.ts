import { Effect, Exit, FiberSet, PubSub, Queue } from "effect"
import { match } from "ts-pattern"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import type { StageFailed, StoreNotWritable } from "../error.ts"
import type { GraphCode } from "../fingerprint/graph-code.ts"
import { pinRemark } from "../fingerprint/pin.ts"
import { Events, type RunEvent } from "../observe/event.ts"
import { Settings } from "../settings.ts"
import { CodeFiles } from "../store/code/files.ts"
import { Remarks } from "../store/remarks.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import type { StageOutcome } from "../store/runs/record.ts"
import { Workspace } from "../store/workspace/workspace.ts"
import { type Attempt, compute } from "./compute.ts"
import { pipelineResults } from "./pipeline-results.ts"
import { type Ready, readyOf } from "./ready.ts"
import { type Lent, resources } from "./resources.ts"
import { schedule } from "./schedule.ts"
import { waits } from "./wait.ts"

/** What a run knows and finds out. */
export interface State {
  readonly graph: Graph
  readonly graphCode: GraphCode
  readonly runId: string
  readonly outcomes: Map<string, StageOutcome>
  readonly failures: Array<StageFailed>
  readonly manifests: Map<string, Manifest>
}

type Message =
  | { readonly type: "attempt"; readonly ready: Ready; readonly exit: Exit.Exit<Attempt, StoreNotWritable> }
  | { readonly type: "retry"; readonly stage: GraphStage }
  /** The stage has computed; its result has still to be published. */
  | { readonly type: "computed"; readonly ready: Ready }

/** How many results may be on their way into the store while other stages compute already. */
const publishing = 16

/** Milliseconds between two looks at a key that another process is computing. */
const leaseRetryMs = 200

/** One fiber that decides, and one for each stage that computes. Threads and memory of all that compute are never more than there are. */
export const coordinate = Effect.fnUntraced(function* (state: State) {
  const { graph, graphCode, runId, outcomes, failures, manifests } = state
  const results = yield* Results
  const remarks = yield* Remarks
  const codeFiles = yield* CodeFiles
  const workspace = yield* Workspace
  const events = yield* Events
  const machine = resources(yield* Settings)
  const publish = (event: RunEvent) => PubSub.publish(events, event)
  const messages = yield* Queue.unbounded<Message>()
  const fibers = yield* FiberSet.make()
  const stages = schedule(graph)
  const waiting: Array<Ready> = []
  const computing = new Map<Ready, Lent>()
  const held = waits()
  let abroad = 0

  const stopsComputing = (ready: Ready): void => {
    const lent = computing.get(ready)
    if (lent === undefined) return
    computing.delete(ready)
    machine.giveBack(lent)
  }

  const settle = (stage: GraphStage, manifest: Manifest, outcome: "cached" | "finished", seconds: number) =>
    Effect.suspend(() => {
      const { id, declaration } = stage
      const before = outcomes.get(id)
      held.end(manifest.key)
      manifests.set(id, manifest)
      outcomes.set(id, { id, stage: declaration.name, outcome, key: manifest.key, seconds })
      stages.settle(id)
      if (before?.outcome === outcome) return Effect.void
      const remark = outcome === "cached" ? pinRemark(stage, manifest.source, codeFiles.list, graphCode) : null
      return Effect.andThen(
        remark === null ? Effect.void : publish({ type: "warning", id, message: remark }),
        publish(
          outcome === "cached"
            ? { type: "stage.cached", id, stage: declaration.name, key: manifest.key }
            : { type: "stage.finished", id, stage: declaration.name, key: manifest.key, seconds },
        ),
      )
    })

  /** Looks up every stage that has become ready; those without a result go to `waiting`. */
  const examineReady = Effect.gen(function* () {
    for (let stage = stages.next(); stage !== undefined; stage = stages.next()) {
      const ready = readyOf(stage, graphCode, manifests, runId)
      const manifest = yield* results.manifest(ready.key)
      for (const message of yield* remarks.take) yield* publish({ type: "warning", id: stage.id, message })
      if (manifest !== null) yield* settle(stage, manifest, outcomes.get(stage.id)?.outcome === "finished" ? "finished" : "cached", 0)
      else waiting.push(ready)
    }
  })

  /** Starts what there is room for, first come, first served. */
  const startFitting = Effect.gen(function* () {
    for (let index = 0; index < waiting.length && machine.isAnyFree() && abroad - computing.size < publishing; ) {
      const ready = waiting[index] as Ready
      const lent = machine.take(ready.stage.declaration, waiting.length)
      if (lent === undefined) {
        index += 1
        continue
      }
      waiting.splice(index, 1)
      computing.set(ready, lent)
      abroad += 1
      yield* FiberSet.run(fibers, attempt(ready, lent))
    }
  })

  const attempt = (ready: Ready, { threads }: Lent) => {
    const { id, declaration } = ready.stage
    const stage = declaration.name
    return compute(ready, {
      graphCode,
      manifests,
      threads,
      started: Effect.gen(function* () {
        for (const reason of graphCode.uncacheable(ready.stage))
          yield* publish({ type: "warning", id, message: `not cacheable: ${reason}` })
        for (const message of graphCode.remarks(ready.stage)) yield* publish({ type: "warning", id, message })
        yield* publish({ type: "stage.started", id, stage, key: ready.key })
      }),
      computed: Effect.asVoid(Queue.offer(messages, { type: "computed", ready })),
      triedAgain: ({ tag, message }, left) =>
        Effect.asVoid(publish({ type: "warning", id, message: `${tag}: ${message}; trying again, ${left} left` })),
      report: ({ type, ...report }) => {
        PubSub.publishUnsafe(
          events,
          (type === "progress"
            ? { type: "stage.progress", id, stage, ...report }
            : { type: "stage.output", id, stage, ...report }) as RunEvent,
        )
      },
    }).pipe(
      Effect.exit,
      Effect.flatMap((exit) => Queue.offer(messages, { type: "attempt", ready, exit })),
    )
  }

  const conclude = (ready: Ready, attempted: Attempt) => {
    const { stage } = ready
    const { id, declaration } = stage
    return match(attempted)
      .with({ type: "finished" }, ({ manifest, seconds }) => settle(stage, manifest, "finished", seconds))
      .with({ type: "cached" }, ({ manifest }) => settle(stage, manifest, "cached", 0))
      .with({ type: "held" }, () =>
        Effect.gen(function* () {
          abroad += 1
          const message = held.remark(ready.key, yield* workspace.leaseHolder(ready.key))
          if (message !== null) yield* publish({ type: "warning", id, message })
          const retry = Effect.andThen(Effect.sleep(leaseRetryMs), Queue.offer(messages, { type: "retry", stage }))
          yield* FiberSet.run(fibers, retry)
        }),
      )
      .with({ type: "damaged" }, ({ producers }) =>
        Effect.gen(function* () {
          for (const producer of producers) stages.again(producer, id)
          for (const message of yield* remarks.take) yield* publish({ type: "warning", id, message })
        }),
      )
      .with({ type: "failed" }, ({ failure, seconds }) =>
        Effect.gen(function* () {
          failures.push(failure)
          outcomes.set(id, { id, stage: declaration.name, outcome: "failed", key: null, seconds })
          const { tag, message, details, record } = failure
          yield* publish({ type: "stage.failed", id, stage: declaration.name, tag, message, details, record, seconds })
          for (const left of stages.abandon(id)) {
            outcomes.set(left.id, { id: left.id, stage: left.declaration.name, outcome: "skipped", key: null, seconds: 0 })
            yield* publish({ type: "stage.skipped", id: left.id, stage: left.declaration.name, because: id })
          }
        }),
      )
      .exhaustive()
  }

  /** The reader will look at the results: they are verified like any other input. */
  const resultsAreSound = Effect.gen(function* () {
    const damaged = new Set<string>()
    for (const { id, output, manifest } of pipelineResults(graph, manifests)) {
      const opened = yield* Effect.exit(results.open(manifest, output))
      if (Exit.isFailure(opened)) damaged.add(id)
    }
    for (const id of damaged) stages.again(id, null)
    for (const message of yield* remarks.take) yield* publish({ type: "warning", id: [...damaged].join(", "), message })
    return damaged.size === 0
  })

  do {
    yield* examineReady
    yield* startFitting
    while (abroad > 0) {
      const message = yield* Queue.take(messages)
      if (message.type !== "computed") abroad -= 1
      if (message.type === "retry") stages.retry(message.stage.id)
      else stopsComputing(message.ready)
      if (message.type === "attempt") yield* conclude(message.ready, yield* message.exit)
      yield* examineReady
      yield* startFitting
    }
  } while (!(yield* resultsAreSound))
})
