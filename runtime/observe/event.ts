import { Context, Effect, Layer, PubSub } from "effect"

/**
 * What happens in a run, in order. This is what `assay run --json` prints, one a line. Times are in
 * seconds.
 */
export type RunEvent =
  | { readonly type: "run.started"; readonly run: string; readonly pipeline: string; readonly stages: number }
  /**
   * The pipeline has a registration, of the time `registered` (ISO 8601). `differences` says in
   * what the run is not what was registered; it is empty if it is.
   */
  | {
      readonly type: "run.registered"
      readonly run: string
      readonly hash: string
      readonly registered: string
      readonly differences: ReadonlyArray<string>
    }
  | {
      readonly type: "stage.started"
      readonly id: string
      readonly stage: string
      readonly key: string
      /** The worker that computes it, `host:pid`; absent where the run's own process does. */
      readonly machine?: string
    }
  | {
      readonly type: "stage.progress"
      readonly id: string
      readonly stage: string
      readonly step: number
      readonly total: number
      readonly values: Readonly<Record<string, number>>
    }
  /**
   * All that a stage measured at a step: of a learner with a table of metrics, its rows of that
   * step. Unlike progress, none is left out. A number that is not finite is null.
   */
  | {
      readonly type: "stage.metrics"
      readonly id: string
      readonly stage: string
      readonly step: number
      readonly values: Readonly<Record<string, number>>
    }
  /**
   * The stage resumed from a checkpoint. An interrupted run may have reported metrics of step
   * `from` and later ones: they are reported again, with the same values.
   */
  | { readonly type: "stage.resumed"; readonly id: string; readonly stage: string; readonly from: number }
  /** A line that the stage's own code printed. */
  | { readonly type: "stage.output"; readonly id: string; readonly stage: string; readonly text: string }
  | { readonly type: "stage.cached"; readonly id: string; readonly stage: string; readonly key: string }
  | { readonly type: "stage.finished"; readonly id: string; readonly stage: string; readonly key: string; readonly seconds: number }
  | {
      readonly type: "stage.failed"
      readonly id: string
      readonly stage: string
      readonly tag: string
      readonly message: string
      readonly details: Readonly<Record<string, string | number>>
      /** The file that keeps what was thrown, with its stack and the inputs. */
      readonly record: string
      readonly seconds: number
    }
  /** Not run, because the stage `because` failed. */
  | { readonly type: "stage.skipped"; readonly id: string; readonly stage: string; readonly because: string }
  /**
   * Something the reader should know that stops nothing: a damaged object, a stage that cannot be
   * cached.
   */
  | { readonly type: "warning"; readonly id: string; readonly message: string }
  | {
      readonly type: "run.finished"
      readonly run: string
      readonly outcome: RunOutcome
      readonly cached: number
      readonly finished: number
      readonly failed: number
      readonly skipped: number
      readonly seconds: number
    }

export type RunOutcome = "done" | "failed" | "interrupted"

/** Where a run says what happens; any number of renderers listen. */
export class Events extends Context.Service<Events, PubSub.PubSub<RunEvent>>()("assay/runtime/Events") {
  static readonly layer: Layer.Layer<Events> = Layer.effect(
    Events,
    Effect.acquireRelease(PubSub.unbounded<RunEvent>(), (events) => PubSub.shutdown(events)),
  )
}
