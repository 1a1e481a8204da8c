import { dirname } from "node:path"
import { Clock, DateTime, Effect, Exit, PubSub, Schedule } from "effect"
import type { BadRegistration, PlanError, StageFailed, StoreNotWritable } from "../error.ts"
import { fingerprintCode } from "../fingerprint/graph-code.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import { Events, type RunEvent, type RunOutcome } from "../observe/event.ts"
import { checkRegistration } from "../registration/check.ts"
import type { Settings } from "../settings.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import { checkedOut } from "../store/runs/checked-out.ts"
import { runId } from "../store/runs/read.ts"
import type { RunRecord, StageOutcome } from "../store/runs/record.ts"
import { Runs } from "../store/runs/runs.ts"
import type { Store } from "../store/store.ts"
import { Workspace } from "../store/workspace/workspace.ts"
import { coordinate } from "./coordinate.ts"
import type { Executor } from "./executor/executor.ts"
import { type PipelineResults, pipelineResults } from "./pipeline-results.ts"

export interface RunSummary {
  readonly run: string
  readonly pipeline: string
  readonly outcome: "done" | "failed"
  readonly seconds: number
  readonly stages: ReadonlyArray<StageOutcome>
  readonly failures: ReadonlyArray<StageFailed>
  readonly results: PipelineResults
}

/** Seconds between two records of a run in progress. */
const recordEverySeconds = 2

/**
 * Computes what a pipeline asks for and the store does not hold. Succeeds also when stages failed:
 * `outcome` tells. Interrupting it stops every computation, removes temporary files and leaves a
 * valid store.
 */
export const run: (
  loaded: LoadedPipeline,
) => Effect.Effect<RunSummary, PlanError | BadRegistration | StoreNotWritable, Settings | Store | Executor | Events> = Effect.fn("run")(
  function* ({ path, graph }) {
    const runs = yield* Runs
    const workspace = yield* Workspace
    // A run quarantines what it finds damaged, and computes it again.
    const results = (yield* Results).repairing
    const events = yield* Events
    const publish = (event: RunEvent) => PubSub.publish(events, event)
    yield* workspace.prepare
    // Awaited only when the run is recorded: in a large repository the answer takes long.
    const commitOf = checkedOut(dirname(path))
    const graphCode = yield* fingerprintCode(graph)
    const registered = yield* checkRegistration({ path, graph }, graphCode)
    const start = yield* Clock.monotonicTimeNanos
    const created = DateTime.formatIso(yield* DateTime.now)
    const id = runId(created, yield* runs.takeNumber)
    const outcomes = new Map<string, StageOutcome>()
    const failures: Array<StageFailed> = []
    const manifests = new Map<string, Manifest>()

    const record = Effect.fnUntraced(function* (outcome: RunRecord["outcome"]) {
      const seconds = Number(((yield* Clock.monotonicTimeNanos) - start) / 1_000_000n) / 1000
      const without = outcome === "unfinished" ? "unfinished" : "interrupted"
      const stages = graph.stages.map(
        ({ id, declaration }): StageOutcome => outcomes.get(id) ?? { id, stage: declaration.name, outcome: without, key: null, seconds: 0 },
      )
      const commit = yield* Effect.promise(() => commitOf)
      const registration = registered === null ? {} : { registration: registered }
      yield* runs.record({ format: 1, run: id, pipeline: graph.name, path, commit, ...registration, created, seconds, outcome, stages })
      return { stages, seconds }
    })
    let recordedCount = 0
    /** Outcomes can be read before the run ends, and remain if it is killed. */
    const recordChanges = Effect.suspend(() => {
      if (outcomes.size === recordedCount) return Effect.void
      recordedCount = outcomes.size
      return Effect.asVoid(record("unfinished"))
    }).pipe(Effect.ignore, Effect.delay(`${recordEverySeconds} seconds`), Effect.repeat(Schedule.forever))

    const finish = Effect.fnUntraced(function* (outcome: RunOutcome) {
      const { stages, seconds } = yield* record(outcome)
      const count = (wanted: StageOutcome["outcome"]) => stages.filter((each) => each.outcome === wanted).length
      yield* publish({
        type: "run.finished",
        run: id,
        outcome,
        cached: count("cached"),
        finished: count("finished"),
        failed: count("failed"),
        skipped: count("skipped"),
        seconds,
      })
      return { stages, seconds }
    })

    yield* publish({ type: "run.started", run: id, pipeline: graph.name, stages: graph.stages.length })
    if (registered !== null) yield* publish({ type: "run.registered", run: id, ...registered })
    yield* workspace.present(id).pipe(
      Effect.andThen(Effect.forkScoped(recordChanges)),
      Effect.andThen(coordinate({ graph, graphCode, runId: id, outcomes, failures, manifests })),
      Effect.provideService(Results, results),
      Effect.scoped,
      Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.ignore(finish("interrupted")))),
    )
    const outcome = failures.length === 0 ? "done" : "failed"
    const { stages, seconds } = yield* finish(outcome)
    return { run: id, pipeline: graph.name, outcome, seconds, stages, failures, results: pipelineResults(graph, manifests) }
  },
)
