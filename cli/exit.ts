/** How the command ends: the exit code, and the message on stderr. */

import { Cause, Exit } from "effect"
import { CliError } from "effect/cli"
import { escapeControls } from "../runtime/observe/printable.ts"
import { interruption } from "./interruption.ts"

/** The exit codes, documented in `assay --help`. */
export const exitCodes = {
  done: 0,
  /** A stage failed, or `verify` found a result that differs. */
  stageFailed: 1,
  /** The call, the pipeline file, a setting or a query is wrong: the same call fails again. */
  usage: 2,
  /**
   * A disk is full, or a file or folder cannot be read or written: the store, the cache, the folder
   * of an export, or stdout.
   */
  disk: 3,
  /** A stored result is damaged; a run recomputes it. */
  damaged: 4,
  /** A mistake in Assay. The number is that of EX_SOFTWARE in sysexits.h. */
  defect: 70,
  interrupted: 130,
} as const

/** Exit codes of typed errors, by tag. All others are errors of usage. */
const codes: Readonly<Record<string, number>> = {
  StagesFailed: exitCodes.stageFailed,
  StageFailed: exitCodes.stageFailed,
  StoreNotWritable: exitCodes.disk,
  StoreNotReadable: exitCodes.disk,
  CacheNotWritable: exitCodes.disk,
  CopyFailed: exitCodes.disk,
  MetricsNotWritable: exitCodes.disk,
  ProjectNotWritable: exitCodes.disk,
  DiskFull: exitCodes.disk,
  DataFileError: exitCodes.disk,
  ObjectDamaged: exitCodes.damaged,
  Damaged: exitCodes.damaged,
  RunCancelled: exitCodes.interrupted,
}

export const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return exitCodes.done
  if (Cause.hasInterruptsOnly(exit.cause)) return exitCodes.interrupted
  const failure = failureOf(exit.cause)
  if (failure === undefined) return isOfDisk(Cause.squash(exit.cause)) ? exitCodes.disk : exitCodes.defect
  if (isHelpAlone(failure)) return exitCodes.done
  return codes[failure._tag] ?? exitCodes.usage
}

/** Prints the error on stderr, unless it has been reported already. */
export const report = (cause: Cause.Cause<unknown>): void => {
  const message = messageOf(cause)
  if (message !== undefined) process.stderr.write(`assay: ${escapeControls(message)}\n`)
}

const messageOf = (cause: Cause.Cause<unknown>): string | undefined => {
  if (Cause.hasInterruptsOnly(cause)) return interruption.message
  const failure = failureOf(cause)
  if (failure === undefined) return defectMessage(Cause.squash(cause), () => Cause.pretty(cause))
  // The presenter reports errors of usage; failed stages are reported when they fail.
  return CliError.isCliError(failure) || failure._tag === "StagesFailed" ? undefined : failure.message
}

/** The message of a defect. An error of the disk is not a mistake in Assay. */
export const defectMessage = (error: unknown, details: () => string): string =>
  isOfDisk(error) ? `a file cannot be read or written: ${error.message}` : `internal error, please report it: ${details()}`

/** Codes of system errors for a full disk, or an inaccessible file or folder. */
const diskErrors = new Set(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO", "EMFILE", "ENFILE", "ENOTDIR", "EFBIG"])

export const isOfDisk = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "code" in error && diskErrors.has(String(error.code))

interface Failure {
  readonly _tag: string
  readonly message: string
}

/**
 * The typed failure in a cause; undefined if the cause is a defect. A shared store that stops
 * answering, or refuses what it is asked, is like a disk: it is no mistake in Assay wherever it
 * happens.
 */
const failureOf = (cause: Cause.Cause<unknown>): Failure | undefined =>
  cause.reasons.flatMap((reason) => {
    if (Cause.isFailReason(reason) && isFailure(reason.error)) return [reason.error]
    return Cause.isDieReason(reason) && isFailure(reason.defect) && isOfStore(reason.defect) ? [reason.defect] : []
  })[0]

const isOfStore = ({ _tag }: Failure): boolean => _tag === "StoreNotReadable" || _tag === "StoreNotWritable"

const isFailure = (error: unknown): error is Failure =>
  typeof error === "object" && error !== null && "_tag" in error && typeof error._tag === "string" && "message" in error

const isHelpAlone = (failure: Failure): boolean =>
  CliError.isCliError(failure) && failure._tag === "ShowHelp" && failure.errors.length === 0
