import { Clock, Effect, Exit, PubSub, Schedule } from "effect"
import type { StageFailed, StoreNotWritable } from "../error.ts"
import { Events, type RunEvent, type RunOutcome } from "../observe/event.ts"
import { Journals } from "../observe/journal/journals.ts"
import { observeRun } from "../observe/telemetry.ts"
import { Settings } from "../settings.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import type { RunRecord, StageOutcome } from "../store/runs/record.ts"
import { Runs } from "../store/runs/runs.ts"
import type { Store } from "../store/store.ts"
import { Workspace } from "../store/workspace/workspace.ts"
import { coordinate } from "./coordinate.ts"
import { type PipelineResults, pipelineResults } from "./pipeline-results.ts"
import type { Placement } from "./placement.ts"
import type { PreparedRun } from "./prepare.ts"
import { inRunSpan } from "./telemetry.ts"

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
 * Computes the stages of a run that the store does not hold, where the placement says, and keeps
 * its record and its journal. Interrupting it stops every computation of this process, removes
 * temporary files and leaves a valid store; the run has ended then, unless it continues elsewhere.
 */
export const conduct: <R>(
  prepared: PreparedRun,
  placement: Placement<R>,
) => Effect.Effect<RunSummary, StoreNotWritable, R | Settings | Store | Journals | Events> = Effect.fnUntraced(function* <R>(
  { head, graph, graphCode, refresh = new Set() }: PreparedRun,
  placement: Placement<R>,
) {
  const { threads } = yield* Settings
  const runs = yield* Runs
  // A run quarantines what it finds damaged, and computes it again.
  const results = (yield* Results).repairing
  const events = yield* Events
  const start = yield* Clock.monotonicTimeNanos
  const { run, pipeline, path, created, wiring, registration } = head
  // The mark goes after the journal has been closed: to a reader, a run without it that has not
  // said its end has died.
  yield* (yield* Workspace).present(run)
  const journal = yield* (yield* Journals).open({ run, pipeline, path, created, wiring, threads })
  const observe = yield* observeRun({ run, pipeline, commit: head.commit })
  const publish = (event: RunEvent): void => {
    journal.append(event)
    observe(event)
    PubSub.publishUnsafe(events, event)
  }
  const outcomes = new Map<string, StageOutcome>()
  const failures: Array<StageFailed> = []
  const manifests = new Map<string, Manifest>()

  const record = Effect.fnUntraced(function* (outcome: RunRecord["outcome"]) {
    const seconds = Number(((yield* Clock.monotonicTimeNanos) - start) / 1_000_000n) / 1000
    const without = outcome === "unfinished" ? "unfinished" : "interrupted"
    const stages = graph.stages.map(
      ({ id, declaration }): StageOutcome => outcomes.get(id) ?? { id, stage: declaration.name, outcome: without, key: null, seconds: 0 },
    )
    const commit = yield* Effect.promise(() => head.commit)
    yield* runs.record({ format: 1, ...head, commit, seconds, outcome, stages })
    return { stages, seconds }
  })
  let recordedCount = 0
  /** Outcomes can be read before the run ends, and remain if it is killed. */
  const recordChanges = Effect.gen(function* () {
    if (outcomes.size === recordedCount) return
    recordedCount = outcomes.size
    // A process that was taken for dead does not undo what the one after it has recorded.
    const known = placement.continuesElsewhere() ? yield* runs.one(run) : null
    if (known === null || known.outcome === "unfinished") yield* record("unfinished")
  }).pipe(Effect.ignore, Effect.delay(`${recordEverySeconds} seconds`), Effect.repeat(Schedule.forever))

  const finish = Effect.fnUntraced(function* (outcome: RunOutcome) {
    const { stages, seconds } = yield* record(outcome)
    const count = (wanted: StageOutcome["outcome"]) => stages.filter((each) => each.outcome === wanted).length
    publish({
      type: "run.finished",
      run,
      outcome,
      cached: count("cached"),
      finished: count("finished"),
      failed: count("failed"),
      skipped: count("skipped"),
      seconds,
    })
    return { stages, seconds }
  })

  publish({ type: "run.started", run, pipeline, stages: graph.stages.length })
  if (registration !== undefined) publish({ type: "run.registered", run, ...registration })
  yield* Effect.forkScoped(recordChanges).pipe(
    Effect.andThen(coordinate({ graph, graphCode, refresh, runId: run, outcomes, failures, manifests, publish }, placement)),
    Effect.provideService(Results, results),
    Effect.scoped,
    Effect.onExit((exit) => (Exit.isSuccess(exit) || placement.continuesElsewhere() ? Effect.void : Effect.ignore(finish("interrupted")))),
  )
  const outcome = failures.length === 0 ? "done" : "failed"
  const { stages, seconds } = yield* finish(outcome)
  const returned = pipelineResults(graph, manifests)
  return { run, pipeline, outcome, seconds, stages, failures, results: returned } satisfies RunSummary
}, inRunSpan)
