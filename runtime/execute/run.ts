import { Clock, DateTime, Effect, Exit, FiberSet, PubSub, Queue } from "effect"
import { match } from "ts-pattern"
import type { Json } from "../../dsl/canonical.ts"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import type { PlanError, StageFailed, StoreNotWritable } from "../error.ts"
import { type Prepared, prepareGraph } from "../fingerprint/prepare.ts"
import { inputValue, keyOf, vectorOf } from "../fingerprint/vector.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import { Events, type RunEvent, type RunOutcome } from "../observe/event.ts"
import { Settings } from "../settings.ts"
import type { Manifest } from "../store/manifest.ts"
import type { StageOutcome } from "../store/record.ts"
import { Store } from "../store/store.ts"
import { type Attempt, compute, type Ready } from "./compute.ts"
import type { Executor } from "./executor.ts"
import { schedule } from "./schedule.ts"

export interface RunSummary {
  readonly run: string
  readonly pipeline: string
  readonly outcome: "done" | "failed"
  readonly seconds: number
  readonly stages: ReadonlyArray<StageOutcome>
  readonly failures: ReadonlyArray<StageFailed>
  /** What the pipeline returned and nothing consumes, in order, as far as it was computed. */
  readonly results: ReadonlyArray<{ readonly id: string; readonly output: string; readonly manifest: Manifest }>
}

/**
 * Computes what a pipeline asks for and the store does not hold. Succeeds also when stages failed: `outcome` tells.
 * Interrupting it stops every computation, removes temporary files and leaves a valid store.
 */
export const run: (
  loaded: LoadedPipeline,
) => Effect.Effect<RunSummary, PlanError | StoreNotWritable, Settings | Store | Executor | Events> = Effect.fn("run")(function* ({
  path,
  graph,
}) {
  const store = yield* Store
  const events = yield* Events
  const publish = (event: RunEvent) => PubSub.publish(events, event)
  yield* store.prepare
  const prepared = yield* prepareGraph(graph)
  const start = yield* Clock.currentTimeMillis
  const created = DateTime.formatIso(yield* DateTime.now)
  const runId = `${created.replaceAll(":", "-")}.${process.pid}`
  const outcomes = new Map<string, StageOutcome>()
  const failures: Array<StageFailed> = []
  const manifests = new Map<string, Manifest>()

  const finish = Effect.fnUntraced(function* (outcome: RunOutcome) {
    const seconds = ((yield* Clock.currentTimeMillis) - start) / 1000
    const stages = graph.stages.map(
      ({ id, declaration }): StageOutcome =>
        outcomes.get(id) ?? { id, stage: declaration.name, outcome: "interrupted", key: null, seconds: 0 },
    )
    const count = (wanted: StageOutcome["outcome"]) => stages.filter((each) => each.outcome === wanted).length
    yield* store.recordRun({ format: 1, run: runId, pipeline: graph.name, path, created, seconds, outcome, stages })
    yield* publish({
      type: "run.finished",
      run: runId,
      outcome,
      cached: count("cached"),
      finished: count("finished"),
      failed: count("failed"),
      skipped: count("skipped"),
      seconds,
    })
    return { stages, seconds }
  })

  yield* publish({ type: "run.started", run: runId, pipeline: graph.name, stages: graph.stages.length })
  yield* coordinate({ graph, prepared, runId, outcomes, failures, manifests }).pipe(
    Effect.scoped,
    Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.ignore(finish("interrupted")))),
  )
  const outcome = failures.length === 0 ? "done" : "failed"
  const { stages, seconds } = yield* finish(outcome)
  return { run: runId, pipeline: graph.name, outcome, seconds, stages, failures, results: resultsOf(graph, manifests) }
})

interface State {
  readonly graph: Graph
  readonly prepared: Prepared
  readonly runId: string
  readonly outcomes: Map<string, StageOutcome>
  readonly failures: Array<StageFailed>
  readonly manifests: Map<string, Manifest>
}

type Message =
  | { readonly type: "attempt"; readonly ready: Ready; readonly exit: Exit.Exit<Attempt, StoreNotWritable> }
  | { readonly type: "retry"; readonly stage: GraphStage }

/** Milliseconds between two looks at a key that another process is computing. */
const patience = 200

/** One fiber that decides, and one for each stage that computes. The threads of all that compute are never more than there are. */
const coordinate = Effect.fnUntraced(function* (state: State) {
  const { graph, prepared, runId, outcomes, failures, manifests } = state
  const store = yield* Store
  const events = yield* Events
  const { threads } = yield* Settings
  const publish = (event: RunEvent) => PubSub.publish(events, event)
  const messages = yield* Queue.unbounded<Message>()
  const fibers = yield* FiberSet.make()
  const stages = schedule(graph)
  const waiting: Array<Ready> = []
  let free = threads
  let abroad = 0

  const threadsOf = ({ declaration }: GraphStage): number => Math.min(declaration.threads, threads)

  const settle = (stage: GraphStage, manifest: Manifest, outcome: "cached" | "finished", seconds: number) =>
    Effect.suspend(() => {
      const { id, declaration } = stage
      const before = outcomes.get(id)
      manifests.set(id, manifest)
      outcomes.set(id, { id, stage: declaration.name, outcome, key: manifest.key, seconds })
      stages.settle(id)
      if (before?.outcome === outcome) return Effect.void
      return publish(
        outcome === "cached"
          ? { type: "stage.cached", id, stage: declaration.name, key: manifest.key }
          : { type: "stage.finished", id, stage: declaration.name, key: manifest.key, seconds },
      )
    })

  /** Looks up every stage that has become ready; those without a result go to `waiting`. */
  const examineReady = Effect.gen(function* () {
    for (let stage = stages.next(); stage !== undefined; stage = stages.next()) {
      const ready = fingerprint(stage, prepared, manifests, runId)
      const manifest = yield* store.manifest(ready.key)
      for (const message of yield* store.damages) yield* publish({ type: "warning", id: stage.id, message })
      if (manifest !== null) yield* settle(stage, manifest, outcomes.get(stage.id)?.outcome === "finished" ? "finished" : "cached", 0)
      else waiting.push(ready)
    }
  })

  /** Starts what there are threads for, first come, first served. */
  const startFitting = Effect.gen(function* () {
    for (let index = 0; index < waiting.length && free > 0; ) {
      const ready = waiting[index] as Ready
      if (threadsOf(ready.stage) > free) {
        index += 1
        continue
      }
      waiting.splice(index, 1)
      free -= threadsOf(ready.stage)
      abroad += 1
      yield* FiberSet.run(fibers, attempt(ready))
    }
  })

  const attempt = (ready: Ready) => {
    const { id, declaration } = ready.stage
    const stage = declaration.name
    return compute(ready, {
      prepared,
      manifests,
      started: Effect.gen(function* () {
        for (const reason of prepared.uncacheable(ready.stage)) yield* publish({ type: "warning", id, message: `not cacheable: ${reason}` })
        yield* publish({ type: "stage.started", id, stage, key: ready.key })
      }),
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
      .with({ type: "held" }, () => {
        abroad += 1
        const retry = Effect.andThen(Effect.sleep(patience), Queue.offer(messages, { type: "retry", stage }))
        return Effect.asVoid(FiberSet.run(fibers, retry))
      })
      .with({ type: "damaged" }, ({ producers }) =>
        Effect.gen(function* () {
          for (const producer of producers) stages.again(producer, id)
          for (const message of yield* store.damages) yield* publish({ type: "warning", id, message })
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
    for (const { id, output, manifest } of resultsOf(graph, manifests)) {
      const opened = yield* Effect.exit(store.open(manifest, output))
      if (Exit.isFailure(opened)) damaged.add(id)
    }
    for (const id of damaged) stages.again(id, null)
    for (const message of yield* store.damages) yield* publish({ type: "warning", id: [...damaged].join(", "), message })
    return damaged.size === 0
  })

  do {
    yield* examineReady
    yield* startFitting
    while (abroad > 0) {
      const message = yield* Queue.take(messages)
      abroad -= 1
      if (message.type === "retry") stages.retry(message.stage.id)
      else {
        free += threadsOf(message.ready.stage)
        yield* conclude(message.ready, yield* message.exit)
      }
      yield* examineReady
      yield* startFitting
    }
  } while (!(yield* resultsAreSound))
})

/** The stage's fingerprint, its inputs being there. One that cannot be cached gets a key that no other run has. */
const fingerprint = (stage: GraphStage, prepared: Prepared, manifests: ReadonlyMap<string, Manifest>, runId: string): Ready => {
  const inputs = Object.fromEntries(
    stage.inputs.map((input): [string, Json] => {
      const digests = input.sources.map(({ from }) =>
        "file" in from ? prepared.outside(from.file).digest : (manifests.get(from.id)?.outputs[from.output]?.digest ?? ""),
      )
      return [input.port, inputValue(input, digests)]
    }),
  )
  const parts = prepared.parts(stage)
  const uncacheable = prepared.uncacheable(stage)
  const code = uncacheable.length === 0 ? parts.code : { uncacheable, run: runId, id: stage.id }
  const vector = vectorOf(stage, { ...parts, code }, inputs)
  return { stage, vector, key: keyOf(vector) }
}

const resultsOf = (graph: Graph, manifests: ReadonlyMap<string, Manifest>): RunSummary["results"] => {
  const consumed = new Set(
    graph.stages.flatMap(({ inputs }) => inputs.flatMap(({ sources }) => sources.map(({ from }) => JSON.stringify(from)))),
  )
  const seen = new Set<string>()
  return graph.results.flatMap(({ id, output }) => {
    const name = JSON.stringify({ id, output })
    const manifest = manifests.get(id)
    if (manifest === undefined || consumed.has(name) || seen.has(name)) return []
    seen.add(name)
    return [{ id, output, manifest }]
  })
}
