import { Schema } from "effect"
import { Component } from "../results/manifest.ts"

/**
 * The outcome of a stage in a run; "unfinished" while the run is in progress, or if it was killed.
 */
export const StageOutcome = Schema.Struct({
  id: Schema.String,
  stage: Schema.String,
  outcome: Schema.Literals(["cached", "finished", "failed", "skipped", "interrupted", "unfinished"]),
  /** Null for a stage that got no result. */
  key: Schema.NullOr(Schema.String),
  seconds: Schema.Finite,
})
export type StageOutcome = typeof StageOutcome.Type

/** A commit, and whether files that it has were other ones in the folder. */
export const Commit = Schema.Struct({ id: Schema.String, changed: Schema.Boolean })
export type Commit = typeof Commit.Type

/** One run: what was asked for, and the outcome of each stage so far. */
export const RunRecord = Schema.Struct({
  format: Schema.Literal(1),
  /** `<time>.r<number>`: the number grows from run to run, whatever the clock says. */
  run: Schema.String,
  pipeline: Schema.String,
  /** The pipeline file, absolute. */
  path: Schema.String,
  /** What the pipeline file's folder had checked out; null outside of a repository. */
  commit: Schema.optionalKey(Schema.NullOr(Commit)),
  /**
   * The registration that the pipeline had when the run began, and in what the run differs from it;
   * absent if there was none.
   */
  registration: Schema.optionalKey(
    Schema.Struct({ hash: Schema.String, registered: Schema.String, differences: Schema.Array(Schema.String) }),
  ),
  /** ISO 8601. */
  created: Schema.String,
  seconds: Schema.Finite,
  /** "unfinished" while the run is in progress, and for good if it is killed. */
  outcome: Schema.Literals(["done", "failed", "interrupted", "unfinished"]),
  /**
   * The digest of how its stages are wired, which is kept in a file of its own. Absent in records
   * of versions that did not keep it.
   */
  wiring: Schema.optionalKey(Schema.String),
  stages: Schema.Array(StageOutcome),
})
export type RunRecord = typeof RunRecord.Type

/** What a stage threw, with all that is needed to enter it again. */
export const FailureRecord = Schema.Struct({
  format: Schema.Literal(1),
  id: Schema.String,
  stage: Schema.String,
  key: Schema.String,
  vector: Schema.Array(Component),
  /**
   * The task as the executor had it: the code that ran, the files of its inputs, its parameters.
   */
  task: Schema.Unknown,
  error: Schema.Struct({
    name: Schema.String,
    tag: Schema.String,
    message: Schema.String,
    details: Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite])),
    stack: Schema.String,
  }),
  /** The last that the stage's process printed. */
  output: Schema.String,
  /** That of the run in which it failed. */
  number: Schema.optionalKey(Schema.Int),
  created: Schema.String,
  seconds: Schema.Finite,
})
export type FailureRecord = typeof FailureRecord.Type
