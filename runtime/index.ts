/**
 * When and where a stage runs. A command provides `Settings.layer(…)` and `runtimeLayer`, and
 * calls:
 *
 *   const loaded = yield* loadPipeline("pipelines/quickstart.ts")
 *   const summary = yield* run(loaded).pipe(rendered("tree"))
 *
 * Interrupting `run` stops every child process, removes temporary files and leaves a valid store.
 */

import { Layer } from "effect"
import type { Executor } from "./execute/executor/executor.ts"
import { processPool } from "./execute/executor/pool.ts"
import { Events } from "./observe/event.ts"
import type { Settings } from "./settings.ts"
import { type Store, storeLayer } from "./store/store.ts"

export { byteCount } from "./byte-count.ts"
export * from "./error.ts"
export { Executor, TaskFailed } from "./execute/executor/executor.ts"
export { inProcess } from "./execute/executor/in-process.ts"
export { type Replayed, replay } from "./execute/replay.ts"
export { type RunSummary, run } from "./execute/run.ts"
export { type Verified, verify } from "./execute/verify.ts"
export { columnsOfTable, type TableFormat, writeEvents, writeTable } from "./inspect/export.ts"
export { type Ancestor, artifactLineage, type RowLineage, tableRowLineage } from "./inspect/lineage.ts"
export { type QueryResult, queryTable, readTable, type Wanted, wholeAnswer } from "./inspect/table.ts"
export { type ExportedTrl, type TrlForm, tokenizerBehind, writeTrl } from "./inspect/trl.ts"
export { type LoadedPipeline, loadPipeline } from "./load/pipeline.ts"
export { Events, type RunEvent, type RunOutcome } from "./observe/event.ts"
export { type Renderer, type Rendering, rendered, renderedBy } from "./observe/render.ts"
export type { Cause } from "./plan/cause/cause.ts"
export { type Warning, warningText } from "./plan/check.ts"
export { type DifferentStage, diff, type RunDifference } from "./plan/diff.ts"
export { type CheckedPlan, type Plan, type PlannedStage, plan, type Verdict } from "./plan/plan.ts"
export { withParameter } from "./plan/set.ts"
export { type Explained, resolveStage, why } from "./plan/why.ts"
export type { Registered } from "./registration/check.ts"
export type { Design } from "./registration/design.ts"
export {
  formatRegistrations,
  type KeptVerdicts,
  type Registration,
  type Registrations,
  readRegistrations,
  registrationFile,
} from "./registration/file.ts"
export { Settings, type SettingsShape, type Surroundings } from "./settings.ts"
export { CodeFiles } from "./store/code/files.ts"
export { Remarks } from "./store/remarks.ts"
export type { Component, Manifest, StoredOutput } from "./store/results/manifest.ts"
export type { ArtifactFile } from "./store/results/reader.ts"
export { Results } from "./store/results/results.ts"
export { checkedOutWith, type Introduced, introducedIn } from "./store/runs/checked-out.ts"
export type { FailureRecord, RunRecord, StageOutcome } from "./store/runs/record.ts"
export { Runs } from "./store/runs/runs.ts"
export { type Store, storeLayer } from "./store/store.ts"
export type { Census } from "./store/upkeep/census.ts"
export type { Collected, CollectOptions } from "./store/upkeep/collect.ts"
export type { Pinned } from "./store/upkeep/pin.ts"
export { Upkeep } from "./store/upkeep/upkeep.ts"
export { Workspace } from "./store/workspace/workspace.ts"

/** Store, executor (a pool of child processes) and events. */
export const runtimeLayer: Layer.Layer<Store | Executor | Events, never, Settings> = Layer.mergeAll(storeLayer, processPool, Events.layer)
