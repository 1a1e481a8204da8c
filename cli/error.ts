/** Errors of the command itself. Those of the runtime are printed unchanged. */

import { Schema } from "effect"

/** The command was called wrongly. */
export class UsageError extends Schema.TaggedError<UsageError>()("UsageError", { message: Schema.String }) {}

/** Some stages of a run failed. They have been reported; this error only decides the exit code. */
export class StagesFailed extends Schema.TaggedError<StagesFailed>()("StagesFailed", { message: Schema.String }) {}

/** A disk is full: that of the store, when a stage failed, or that of the user's cache. */
export class DiskFull extends Schema.TaggedError<DiskFull>()("DiskFull", { message: Schema.String }) {}

/**
 * An engine that `assay engine install` cannot build: a tool or the network is missing, or the
 * machine is not one that it is built for. Nothing was installed.
 */
export class EngineNotInstalled extends Schema.TaggedError<EngineNotInstalled>()("EngineNotInstalled", {
  engine: Schema.String,
  message: Schema.String,
}) {}

/** A file that exists and is not overwritten. */
export class FileExists extends Schema.TaggedError<FileExists>()("FileExists", { path: Schema.String, message: Schema.String }) {}

/** A file or folder that the metrics of a run cannot be written to while it goes on. */
export class MetricsNotWritable extends Schema.TaggedError<MetricsNotWritable>()("MetricsNotWritable", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** A package.json that cannot be given another key, because it is not a JSON object. */
export class BadPackageJson extends Schema.TaggedError<BadPackageJson>()("BadPackageJson", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** A folder that a project cannot be written to. */
export class ProjectNotWritable extends Schema.TaggedError<ProjectNotWritable>()("ProjectNotWritable", {
  path: Schema.String,
  message: Schema.String,
}) {}

/** A file that could not be copied out of the store because it cannot be read or written. */
export class CopyFailed extends Schema.TaggedError<CopyFailed>()("CopyFailed", { path: Schema.String, message: Schema.String }) {}
