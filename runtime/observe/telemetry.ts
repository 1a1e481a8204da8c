import { type Context, Effect, References } from "effect"
import type { Commit } from "../store/runs/record.ts"
import { metrics, withAttributes } from "../telemetry/metrics.ts"
import { type Attributes, currentSpan, inSpan } from "../telemetry/span.ts"
import { Telemetry, type TelemetryShape } from "../telemetry/telemetry.ts"
import type { RunEvent } from "./event.ts"

/** What is known of a run when it begins. */
interface AboutRun {
  readonly run: string
  readonly pipeline: string
  readonly commit: Promise<Commit | null>
}

type Listener = (event: RunEvent) => void

/**
 * Makes what tells telemetry of a run, event by event: attributes of the run's span, which is the
 * current one, a span for each stage that had nothing to compute, metrics and logs. Where telemetry
 * is off, it does nothing.
 */
export const observeRun = Effect.fnUntraced(function* ({ run, pipeline, commit }: AboutRun) {
  const telemetry = yield* Telemetry
  if (telemetry === null) return (_: RunEvent): void => {}
  const context = yield* Effect.context<never>()
  const span = yield* currentSpan
  const ofRun = { "assay.run.id": run, "assay.pipeline.name": pipeline }
  const annotate = (attributes: Attributes): void => {
    for (const [name, value] of Object.entries(attributes)) span?.attribute(name, value)
  }
  annotate(ofRun)
  void commit.then((known) => {
    if (known !== null) annotate({ "vcs.ref.head.revision": known.id, "assay.commit.changed": known.changed })
  })
  const listeners = [
    spansOf(context, ofRun),
    metricsOf(telemetry, pipeline),
    logsOf(context, telemetry, ofRun),
    (event: RunEvent): void => {
      if (event.type === "run.started") annotate({ "assay.run.stages.total": event.stages })
      if (event.type !== "run.finished") return
      const { outcome, cached, finished, failed, skipped } = event
      const counts = { cached: cached, finished: finished, failed: failed, skipped: skipped }
      annotate({ "assay.run.outcome": outcome })
      for (const [name, count] of Object.entries(counts)) annotate({ [`assay.run.stages.${name}`]: count })
    },
  ]
  return (event: RunEvent): void => {
    try {
      for (const listener of listeners) listener(event)
    } catch {
      // What cannot be told ends no run.
    }
  }
})

/** Stages that compute have spans of their own: these are of the others, and of no length. */
const spansOf =
  (context: Context.Context<never>, ofRun: Attributes): Listener =>
  (event) => {
    if (event.type !== "stage.cached" && event.type !== "stage.skipped") return
    const { id, stage } = event
    const outcome = event.type === "stage.cached" ? { outcome: "cached", key: event.key } : { outcome: "skipped", because: event.because }
    const attributes = { ...ofRun, ...stageAttributes({ id, name: stage, ...outcome }) }
    Effect.runSyncWith(context)(inSpan(Effect.void, `stage ${stage}`, { attributes }))
  }

const stageAttributes = (facts: Readonly<Record<string, string>>): Attributes =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [`assay.stage.${name}`, value]))

const metricsOf = ({ metrics: context }: TelemetryShape, pipeline: string): Listener => {
  const ofPipeline = { "assay.pipeline.name": pipeline }
  const waiting = withAttributes(metrics.waiting, ofPipeline)
  const computing = withAttributes(metrics.computing, ofPipeline)
  let total = 0
  const started = new Set<string>()
  const settled = new Set<string>()
  const settle = (id: string, stage: string, outcome: string, seconds: number | null): void => {
    started.delete(id)
    settled.add(id)
    const attributes = { ...ofPipeline, ...stageAttributes({ name: stage, outcome }) }
    withAttributes(metrics.stages, attributes).updateUnsafe(1n, context)
    if (seconds !== null) withAttributes(metrics.stageDuration, attributes).updateUnsafe(seconds, context)
  }
  const count = (event: RunEvent): void => {
    switch (event.type) {
      case "run.started":
        total = event.stages
        break
      case "stage.started":
        settled.delete(event.id)
        started.add(event.id)
        break
      case "stage.cached":
      case "stage.skipped":
        settle(event.id, event.stage, event.type.slice("stage.".length), null)
        break
      case "stage.finished":
      case "stage.failed":
        settle(event.id, event.stage, event.type.slice("stage.".length), event.seconds)
        break
      case "run.finished":
        total = 0
        started.clear()
        break
      default:
        return
    }
    computing.updateUnsafe(started.size, context)
    waiting.updateUnsafe(Math.max(0, total - settled.size - started.size), context)
  }
  return count
}

const logsOf = (context: Context.Context<never>, { loggers }: TelemetryShape, ofRun: Attributes): Listener => {
  const log = (severity: "Warn" | "Error", message: string, attributes: Attributes): void =>
    Effect.runSyncWith(context)(
      Effect.logWithLevel(severity)(message).pipe(
        Effect.annotateLogs({ ...ofRun, ...attributes }),
        Effect.provideService(References.CurrentLoggers, loggers),
      ),
    )
  return (event) => {
    if (event.type === "warning") log("Warn", event.message, event.id === "" ? {} : stageAttributes({ id: event.id }))
    if (event.type !== "stage.failed") return
    const { id, stage, tag, message, record } = event
    log("Error", `stage ${id} failed: ${tag}: ${message}`, { ...stageAttributes({ id, name: stage, record }), "error.type": tag })
  }
}
