/** What can go wrong in the command itself. What the runtime reports is printed as it comes. */

import { Schema } from "effect"

/** The command was called in a way that has no answer. */
export class UsageError extends Schema.TaggedError<UsageError>()("UsageError", { message: Schema.String }) {}

/** A run ended, and some of its stages failed. They have been reported; this only decides the exit code. */
export class StagesFailed extends Schema.TaggedError<StagesFailed>()("StagesFailed", { message: Schema.String }) {}

/** A disk had no room for what a stage made. The stage has been reported. */
export class DiskFull extends Schema.TaggedError<DiskFull>()("DiskFull", { message: Schema.String }) {}

/** A file that is there already, and is not written over. */
export class FileExists extends Schema.TaggedError<FileExists>()("FileExists", { path: Schema.String, message: Schema.String }) {}

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

/** A file that could not be copied out of the store, because it cannot be read or written. */
export class CopyFailed extends Schema.TaggedError<CopyFailed>()("CopyFailed", { path: Schema.String, message: Schema.String }) {}
