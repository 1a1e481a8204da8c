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
import { Connections } from "./connect/connections.ts"
import type { StoreNotReadable } from "./error.ts"
import type { Executor } from "./execute/executor/executor.ts"
import { processPool } from "./execute/executor/pool.ts"
import { Events } from "./observe/event.ts"
import { Journals } from "./observe/journal/journals.ts"
import type { Settings } from "./settings.ts"
import { type Store, storeLayer } from "./store/store.ts"

export type {
  Bin,
  Cell,
  ColumnKind,
  ColumnStatistics,
  DownloadFormat,
  DownloadRequest,
  Filter,
  FilterOperator,
  FilterValue,
  GridColumn,
  Histogram,
  HistogramRequest,
  Page,
  PageRequest,
  PageRow,
  Selection,
  Sort,
  SortedSelection,
  StatisticsRequest,
  TableDescription,
  TableStatistics,
} from "../data/grid/index.ts"
export { parseFilters, printFilters } from "../data/grid/index.ts"
export type { ExtendedFile, Views } from "../data/query/index.ts"
export { byteCount } from "./byte-count.ts"
export { Connections } from "./connect/connections.ts"
export * from "./error.ts"
export type { RunSummary } from "./execute/conduct.ts"
export { Executor, TaskFailed } from "./execute/executor/executor.ts"
export { inProcess } from "./execute/executor/in-process.ts"
export { type Replayed, replay } from "./execute/replay.ts"
export { type RunOptions, run } from "./execute/run.ts"
export { type Verified, verify } from "./execute/verify.ts"
export { columnsOfTable, type TableFormat, writeEvents, writeTable } from "./inspect/export.ts"
export { fileBytes } from "./inspect/file-bytes.ts"
export { type Ancestor, artifactLineage, type RowLineage, tableRowLineage } from "./inspect/lineage.ts"
export { pastSeconds } from "./inspect/past-seconds.ts"
export { Queries, type QueriesOptions, type QueriesShape, type TableFile } from "./inspect/queries.ts"
export { runBasis } from "./inspect/run-basis.ts"
export { openRunTable, type RunTable, runTables, stageTables } from "./inspect/run-tables.ts"
export { type QueryResult, queryViews, readTable, type Wanted, wholeAnswer } from "./inspect/table.ts"
export { type ExportedTrl, type TrlForm, tokenizerBehind, writeTrl } from "./inspect/trl.ts"
export { type LoadedPipeline, loadPipeline } from "./load/pipeline.ts"
export { type Basis, type Estimate, estimate, secondsLeft } from "./observe/estimate.ts"
export { Events, type RunEvent, type RunOutcome } from "./observe/event.ts"
export type { RunChange } from "./observe/journal/changes.ts"
export { Journals } from "./observe/journal/journals.ts"
export type { JournalEvent, JournalHead, JournalledEvent } from "./observe/journal/line.ts"
export { type Renderer, type Rendering, rendered, renderedBy } from "./observe/render.ts"
export { advance, initialState, itemsOf, type Progress, type Running, type RunState, type Settled } from "./observe/state.ts"
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
export { locationName, type RemoteLocation, readLocation } from "./store/remote/location.ts"
export { SharedFiles, type SharedFilesShape } from "./store/remote/shared-files.ts"
export type { Component, Manifest, StoredOutput } from "./store/results/manifest.ts"
export type { ArtifactFile } from "./store/results/reader.ts"
export { Results } from "./store/results/results.ts"
export { checkedOutWith, type Introduced, introducedIn } from "./store/runs/checked-out.ts"
export type { FailureRecord, RunRecord, StageOutcome } from "./store/runs/record.ts"
export { Runs } from "./store/runs/runs.ts"
export { type WiredSource, type WiredStage, type Wiring, wiringOf } from "./store/runs/wiring.ts"
export { type Store, storeLayer } from "./store/store.ts"
export type { Census } from "./store/upkeep/census.ts"
export type { Collected, CollectOptions } from "./store/upkeep/collect.ts"
export type { Pinned } from "./store/upkeep/pin.ts"
export { Upkeep } from "./store/upkeep/upkeep.ts"
export type { RunStatus } from "./store/workspace/liveness.ts"
export { Workspace } from "./store/workspace/workspace.ts"
export { readConfiguration as readTelemetry } from "./telemetry/configuration.ts"
export { joinTrace, traceparent } from "./telemetry/traceparent.ts"
export { withTelemetry } from "./telemetry/with-telemetry.ts"

/**
 * Store and journals, executor (a pool of child processes), the servers and programs that stages
 * ask, and events.
 */
export const runtimeLayer: Layer.Layer<Store | Journals | Executor | Connections | Events, StoreNotReadable, Settings> = Layer.mergeAll(
  Layer.provideMerge(Journals.layer, storeLayer),
  processPool,
  Connections.layer,
  Events.layer,
)
