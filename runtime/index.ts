/**
 * When and where a stage runs. A command provides `Settings`, then `runtimeLayer`, and calls:
 *
 *   const loaded = yield* loadPipeline("pipelines/quickstart.ts")
 *   const summary = yield* run(loaded).pipe(rendered("tree"))
 *
 * Interrupting `run` stops every child process, removes temporary files and leaves a valid store.
 */

import type { Context, Effect, Layer } from "effect"
import type { Json } from "../dsl/canonical.ts"
import type { Graph } from "../dsl/graph.ts"
import type { LoadError, ObjectDamaged, PlanError, StageFailed, StoreNotWritable, UnknownStage } from "./error.ts"
import type { Events, RunOutcome } from "./observe/event.ts"
import type { Settings } from "./settings.ts"
import type { Manifest } from "./store/manifest.ts"

export * from "./error.ts"
export { type QueryResult, queryTable } from "./inspect/table.ts"
export { Events, type RunEvent, type RunOutcome } from "./observe/event.ts"
export { Settings, type SettingsShape, type Surroundings } from "./settings.ts"
export type { Component, Manifest, StoredOutput } from "./store/manifest.ts"

// ── load

export interface LoadedPipeline {
  /** Absolute. */
  readonly path: string
  readonly graph: Graph
}
/** `path` is taken from the working directory of the process. */
export declare const loadPipeline: (path: string) => Effect.Effect<LoadedPipeline, LoadError, Settings>

// ── plan and why

/** `cached`: the result is in the store. `run`: it is not. `unknown`: an input has still to be computed. */
export type Verdict = "cached" | "run" | "unknown"

/** A component of the fingerprint that is not what it was. */
export interface Cause {
  /** `code`, `packages.effect`, `parameters.beta`, `inputs.reference`, … */
  readonly component: string
  /** Null where there was none, or is none any more, or (after) where it has still to be computed. */
  readonly before: Json
  readonly after: Json
  /** The id of the stage where the change came in; this stage itself unless it arrived through an input. */
  readonly root: string
}

export interface PlannedStage {
  readonly id: string
  readonly stage: string
  readonly verdict: Verdict
  /** Null while an input is unknown, and for a stage that cannot be cached. */
  readonly key: string | null
  /** Empty if cached. A stage that never ran has the single cause `never run`. */
  readonly because: ReadonlyArray<Cause>
  /** How long it took when it last ran; null if it never did. */
  readonly seconds: number | null
  /** Of a cached stage. */
  readonly manifest: Manifest | null
  /** Why it cannot be cached; empty if it can. */
  readonly uncacheable: ReadonlyArray<string>
}

export interface Plan {
  readonly pipeline: string
  /** In topological order. */
  readonly stages: ReadonlyArray<PlannedStage>
}
export declare const plan: (loaded: LoadedPipeline) => Effect.Effect<Plan, PlanError, Settings | Store>
/** One stage of the plan; a close guess at the id is offered where there is none. */
export declare const why: (loaded: LoadedPipeline, id: string) => Effect.Effect<PlannedStage, PlanError | UnknownStage, Settings | Store>
/** The id itself, if it is among those known. */
export declare const resolveStage: (known: ReadonlyArray<string>, wanted: string) => Effect.Effect<string, UnknownStage>

// ── store

export interface ArtifactFile {
  readonly name: string
  /** Absolute. Never write to it. */
  readonly path: string
  readonly bytes: number
}

/** One run: what was asked for, and what came of it. */
export interface RunRecord {
  readonly run: string
  readonly pipeline: string
  readonly path: string
  readonly created: string
  readonly seconds: number
  readonly outcome: RunOutcome
  readonly stages: ReadonlyArray<StageOutcome>
}

export interface StageOutcome {
  readonly id: string
  readonly stage: string
  readonly outcome: "cached" | "finished" | "failed" | "skipped" | "interrupted"
  /** Null for a stage that got no result. */
  readonly key: string | null
  readonly seconds: number
}

export interface StoreShape {
  readonly manifest: (key: string) => Effect.Effect<Manifest | null>
  /** The files of one output, their bytes verified. */
  readonly open: (manifest: Manifest, output: string) => Effect.Effect<ReadonlyArray<ArtifactFile>, ObjectDamaged>
  /** Newest first. */
  readonly runs: Effect.Effect<ReadonlyArray<RunRecord>>
}
export declare class Store extends (null as unknown as Context.ServiceClass<Store, "assay/runtime/Store", StoreShape>) {}

// ── run

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
/** Succeeds also when stages failed: look at `outcome`. */
export declare const run: (
  loaded: LoadedPipeline,
) => Effect.Effect<RunSummary, PlanError | StoreNotWritable, Settings | Store | Executor | Events>

export declare class Executor extends (null as unknown as Context.ServiceClass<Executor, "assay/runtime/Executor", object>) {}

/** Store, executor (a pool of child processes) and events. */
export declare const runtimeLayer: Layer.Layer<Store | Executor | Events, never, Settings>

// ── observe

/** `tree`: live, on stderr. `lines`: plain, on stderr. `json`: one event a line, on stdout. */
export type Rendering = "tree" | "lines" | "json" | "none"
/** Renders the events of an effect while it runs; everything is written when it ends. */
export declare const rendered: (as: Rendering) => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R | Events>
