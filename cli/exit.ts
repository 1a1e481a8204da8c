/** How the command ends: the code that a script reads, and the message that a person does. */

import { Cause, Exit } from "effect"
import { CliError } from "effect/cli"
import { escapeControls } from "../runtime/observe/printable.ts"

/** What the codes mean, as `assay --help` says it. */
export const exitCodes = {
  done: 0,
  /** A stage failed, or `verify` found one that is not what it was. */
  stageFailed: 1,
  /** The command, the pipeline file, a setting or a query is wrong: the same call fails again until that is changed. */
  usage: 2,
  /** A disk is full, or a file or folder cannot be read or written: the store, the cache, the folder of an export, or stdout. */
  disk: 3,
  /** A stored result is damaged; a run makes it again. */
  damaged: 4,
  /** A mistake in Assay. The number is that of EX_SOFTWARE in sysexits.h. */
  defect: 70,
  interrupted: 130,
} as const

/** Failures that are no answer to how the command was called. */
const codes: Readonly<Record<string, number>> = {
  StagesFailed: exitCodes.stageFailed,
  StageFailed: exitCodes.stageFailed,
  StoreNotWritable: exitCodes.disk,
  CacheNotWritable: exitCodes.disk,
  CopyFailed: exitCodes.disk,
  ProjectNotWritable: exitCodes.disk,
  DiskFull: exitCodes.disk,
  DataFileError: exitCodes.disk,
  ObjectDamaged: exitCodes.damaged,
}

export const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return exitCodes.done
  if (Cause.hasInterruptsOnly(exit.cause)) return exitCodes.interrupted
  const failure = failureOf(exit.cause)
  if (failure === undefined) return isOfDisk(Cause.squash(exit.cause)) ? exitCodes.disk : exitCodes.defect
  if (isHelpAlone(failure)) return exitCodes.done
  return codes[failure._tag] ?? exitCodes.usage
}

/** One message on stderr, unless it has been given. */
export const report = (cause: Cause.Cause<unknown>): void => {
  const message = messageOf(cause)
  if (message !== undefined) process.stderr.write(`assay: ${escapeControls(message)}\n`)
}

const messageOf = (cause: Cause.Cause<unknown>): string | undefined => {
  if (Cause.hasInterruptsOnly(cause)) return "interrupted; what was finished is kept"
  const failure = failureOf(cause)
  if (failure === undefined) return defectMessage(Cause.squash(cause), () => Cause.pretty(cause))
  // Usage is reported where it is understood, failed stages where they fail.
  return CliError.isCliError(failure) || failure._tag === "StagesFailed" ? undefined : failure.message
}

/** Of a defect; what a disk refuses is not a mistake in Assay. */
export const defectMessage = (error: unknown, details: () => string): string =>
  isOfDisk(error) ? `a file cannot be read or written: ${error.message}` : `this should not happen: ${details()}`

/** What the system says where a disk is full, or a file or a folder is out of reach. */
const refusals = new Set(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO", "EMFILE", "ENFILE", "ENOTDIR", "EFBIG"])

export const isOfDisk = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "code" in error && refusals.has(String(error.code))

interface Failure {
  readonly _tag: string
  readonly message: string
}

/** The typed failure in a cause; undefined where the cause is a defect. */
const failureOf = (cause: Cause.Cause<unknown>): Failure | undefined =>
  cause.reasons.flatMap((reason) => (Cause.isFailReason(reason) && isFailure(reason.error) ? [reason.error] : []))[0]

const isFailure = (error: unknown): error is Failure =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string" && "message" in error

const isHelpAlone = (failure: Failure): boolean =>
  CliError.isCliError(failure) && failure._tag === "ShowHelp" && failure.errors.length === 0
