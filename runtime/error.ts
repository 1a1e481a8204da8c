/**
 * What can go wrong between a pipeline file and its results. Every message says what, where, and
 * what to do.
 */

import { Schema } from "effect"

/** A setting from the environment that has no meaning. */
export class BadSetting extends Schema.TaggedError<BadSetting>()("BadSetting", {
  variable: Schema.String,
  value: Schema.String,
  message: Schema.String,
}) {}

export class PipelineNotFound extends Schema.TaggedError<PipelineNotFound>()("PipelineNotFound", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** The message holds each of the compiler's errors as `file:line:column: text`. */
export class PipelineDoesNotCompile extends Schema.TaggedError<PipelineDoesNotCompile>()("PipelineDoesNotCompile", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** The file was loaded, but its default export is not what `pipeline(…)` returns. */
export class NotAPipeline extends Schema.TaggedError<NotAPipeline>()("NotAPipeline", {
  path: Schema.String,
  message: Schema.String,
}) {}

/**
 * The file threw while it was loaded: a wrong wire, an unread axis, a parameter out of range, or a
 * mistake of its own.
 */
export class DeclarationFailed extends Schema.TaggedError<DeclarationFailed>()("DeclarationFailed", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** The module that implements a stage is missing or does not compile. */
export class StageDoesNotCompile extends Schema.TaggedError<StageDoesNotCompile>()("StageDoesNotCompile", {
  stage: Schema.String,
  message: Schema.String,
}) {}

/** A file that the pipeline names by `file(path)` cannot be read. */
export class InputFileMissing extends Schema.TaggedError<InputFileMissing>()("InputFileMissing", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** A file that a stage's program, or its environment, is declared to consist of. */
export class ProgramFileMissing extends Schema.TaggedError<ProgramFileMissing>()("ProgramFileMissing", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** A command that says which version of something a stage's program uses, and does not say it. */
export class EnvironmentUnknown extends Schema.TaggedError<EnvironmentUnknown>()("EnvironmentUnknown", {
  command: Schema.String,
  message: Schema.String,
}) {}

export class UnknownStage extends Schema.TaggedError<UnknownStage>()("UnknownStage", {
  wanted: Schema.String,
  /** The nearest ids there are, best first; may be empty. */
  candidates: Schema.Array(Schema.String),
  message: Schema.String,
}) {}

/** An assignment of a parameter that no stage takes as written. */
export class BadParameter extends Schema.TaggedError<BadParameter>()("BadParameter", {
  assignment: Schema.String,
  message: Schema.String,
}) {}

/** The file of a pipeline's registrations is not as `assay register` wrote it. */
export class BadRegistration extends Schema.TaggedError<BadRegistration>()("BadRegistration", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** The stage has no failure on record, or what it failed with is gone. */
export class NothingToReplay extends Schema.TaggedError<NothingToReplay>()("NothingToReplay", {
  id: Schema.String,
  message: Schema.String,
}) {}

/** The folder where compiled code is kept. */
export class CacheNotWritable extends Schema.TaggedError<CacheNotWritable>()("CacheNotWritable", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** A cluster was asked for, and no database is named. */
export class NoDatabase extends Schema.TaggedError<NoDatabase>()("NoDatabase", { message: Schema.String }) {}

/** The database of the cluster does not answer, or refuses. */
export class DatabaseUnreachable extends Schema.TaggedError<DatabaseUnreachable>()("DatabaseUnreachable", {
  message: Schema.String,
}) {}

/** The run of a cluster that was watched was cancelled. */
export class RunCancelled extends Schema.TaggedError<RunCancelled>()("RunCancelled", {
  run: Schema.String,
  message: Schema.String,
}) {}

/** A stage that needs what only this machine has, asked to run on another. */
export class CannotTravel extends Schema.TaggedError<CannotTravel>()("CannotTravel", {
  id: Schema.String,
  message: Schema.String,
}) {}

/** What a worker needs of a submission is not in the store, or damaged. */
export class SubmissionMissing extends Schema.TaggedError<SubmissionMissing>()("SubmissionMissing", {
  path: Schema.String,
  message: Schema.String,
}) {}

export class StoreNotWritable extends Schema.TaggedError<StoreNotWritable>()("StoreNotWritable", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** A shared store that cannot be reached, or refuses to be read. */
export class StoreNotReadable extends Schema.TaggedError<StoreNotReadable>()("StoreNotReadable", {
  /** Its folder, or `s3://bucket/prefix`. */
  path: Schema.String,
  message: Schema.String,
}) {}

/**
 * An object whose bytes are not what its name says, or that is gone. The next run makes it again.
 */
export class ObjectDamaged extends Schema.TaggedError<ObjectDamaged>()("ObjectDamaged", {
  object: Schema.String,
  path: Schema.String,
  message: Schema.String,
}) {}

/** A stage that did not finish. What it threw is kept in `record`, a file of the store. */
export class StageFailed extends Schema.TaggedError<StageFailed>()("StageFailed", {
  id: Schema.String,
  stage: Schema.String,
  /** The tag of a StageError, else the error's name, else "Died" for a process that went away. */
  tag: Schema.String,
  message: Schema.String,
  details: Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite])),
  record: Schema.String,
}) {}

export type LoadError = PipelineNotFound | PipelineDoesNotCompile | CacheNotWritable | NotAPipeline | DeclarationFailed
export type PlanError = StageDoesNotCompile | InputFileMissing | ProgramFileMissing | EnvironmentUnknown
