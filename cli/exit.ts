/** How the command ends: the code that a script reads, and the message that a person does. */

import { Cause, Exit } from "effect"
import { CliError } from "effect/cli"

/** Failures of the work itself. Every other failure is an answer to how the command was called. */
const failuresOfWork = new Set(["StagesFailed", "ObjectDamaged", "StageFailed"])

export const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return 0
  if (Cause.hasInterruptsOnly(exit.cause)) return 130
  const failure = failureOf(exit.cause)
  if (failure === undefined) return 1
  if (isHelpAlone(failure)) return 0
  return failuresOfWork.has(failure._tag) ? 1 : 2
}

/** One message on stderr, unless it has been given. */
export const report = (cause: Cause.Cause<unknown>): void => {
  const message = messageOf(cause)
  if (message !== undefined) process.stderr.write(`assay: ${message}\n`)
}

const messageOf = (cause: Cause.Cause<unknown>): string | undefined => {
  if (Cause.hasInterruptsOnly(cause)) return "interrupted; what was finished is kept"
  const failure = failureOf(cause)
  if (failure === undefined) return `this should not happen: ${Cause.pretty(cause)}`
  // Usage is reported where it is understood, failed stages where they fail.
  return CliError.isCliError(failure) || failure._tag === "StagesFailed" ? undefined : failure.message
}

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
