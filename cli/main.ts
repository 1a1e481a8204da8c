import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Exit, Layer } from "effect"
import { CliConfig, CliOutput, Command, GlobalFlag } from "effect/cli"
import manifest from "../package.json" with { type: "json" }
import { escapeControls } from "../runtime/observe/printable.ts"
import { defectMessage, exitCode, exitCodes, isOfDisk, report } from "./exit.ts"
import { assay } from "./grammar.ts"
import { Invocation } from "./invocation.ts"
import { helpFormatter } from "./print/help.ts"
import { usageErrorPresenter } from "./print/usage-error.ts"

/**
 * Runs the command, and ends the process with one of `exitCodes`. `assayRoot` is the folder of the
 * running Assay.
 */
export const main = (assayRoot: string): void => {
  const end = takeOverExit()
  const services = Layer.mergeAll(
    NodeServices.layer,
    Invocation.layer(assayRoot),
    CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
    CliOutput.layer(helpFormatter),
    CliOutput.layerPresenter(usageErrorPresenter),
  )
  const fiber = Effect.runFork(Effect.provide(Command.run(assay, { version: manifest.version }), services))
  let interrupted = false
  let failedOutside: number | null = null
  // The first Ctrl-C stops the stages and cleans up the store; the second ends the process at once.
  const interrupt = () => {
    if (interrupted) end(exitCodes.interrupted)
    interrupted = true
    fiber.interruptUnsafe()
  }
  /**
   * Handles a failure outside of the command's own work, such as in a timer of the pipeline file:
   * stages stop and the store is cleaned up too.
   */
  const failOutside = (code: number, message: string) => {
    if (failedOutside !== null) return
    failedOutside = code
    say(message)
    fiber.interruptUnsafe()
  }
  process.on("SIGINT", interrupt)
  process.on("SIGTERM", interrupt)
  process.on("uncaughtException", (error: unknown) => {
    if (error instanceof EndsCommand) return failOutside(exitCodes.usage, error.message)
    const details = () => (error instanceof Error ? (error.stack ?? error.message) : String(error))
    failOutside(isOfDisk(error) ? exitCodes.disk : exitCodes.defect, defectMessage(error, details))
  })
  // The reader of a pipe may close it early, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") end(exitCodes.done)
    failOutside(exitCodes.disk, `stdout cannot be written: ${error.message}`)
  })
  // If stderr cannot be written, there is nowhere else to say so.
  process.stderr.on("error", () => {})
  let isIdle = false
  /**
   * Called when the event loop is empty but the command has not ended. The first call may still
   * wake a waiting fiber; the second is a deadlock.
   */
  const stalled = () => {
    if (isIdle) {
      say("internal error: the command waits for an event that can no longer occur; please report it")
      end(exitCodes.defect)
    }
    isIdle = true
    setImmediate(() => {})
  }
  process.on("beforeExit", stalled)
  fiber.addObserver((exit) => {
    process.removeListener("beforeExit", stalled)
    // Ctrl-C signals every process of the group. A child may end, and fail a stage, before our own
    // signal arrives: wait for it, so that the command ends as interrupted.
    setImmediate(() => {
      if (failedOutside !== null) end(failedOutside)
      const ended = interrupted && Exit.isFailure(exit) ? Exit.interrupt() : exit
      if (Exit.isFailure(ended)) report(ended.cause)
      // Flush first: the reader of a pipe may be slow.
      process.stdout.write("", () => process.stderr.write("", () => end(failedOutside ?? exitCode(ended))))
    })
  })
}

const say = (message: string): void => {
  process.stderr.write(`assay: ${escapeControls(message)}\n`)
}

class EndsCommand extends Error {}

/**
 * Takes over `process.exit`, so that a timer started by a pipeline file cannot end a run, and
 * returns the original.
 */
const takeOverExit = (): ((code: number) => never) => {
  const exit = process.exit.bind(process)
  process.exit = () => {
    throw new EndsCommand("process.exit() is called by something that the pipeline file started; a pipeline file only declares stages")
  }
  return (code) => {
    // Exiting joins threads of native code, and a second signal must not wait for them.
    for (const name of ["SIGINT", "SIGTERM"]) process.removeAllListeners(name)
    return exit(code)
  }
}
