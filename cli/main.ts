import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Exit, Layer } from "effect"
import { CliConfig, CliOutput, Command, GlobalFlag } from "effect/cli"
import manifest from "../package.json" with { type: "json" }
import { escapeControls } from "../runtime/observe/printable.ts"
import { defectMessage, exitCode, exitCodes, isOfDisk, report } from "./exit.ts"
import { assay } from "./grammar.ts"
import { onlyTheError } from "./print/invocation.ts"
import { Surroundings } from "./surroundings.ts"

/** The command. `assayRoot` is the folder of the running Assay. `exitCodes` says how it ends. */
export const main = (assayRoot: string): void => {
  const end = onlyWeEnd()
  const services = Layer.mergeAll(
    NodeServices.layer,
    Surroundings.layer(assayRoot),
    CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
    CliOutput.layerPresenter(onlyTheError),
  )
  const fiber = Effect.runFork(Effect.provide(Command.run(assay, { version: manifest.version }), services))
  let interrupted = false
  let failedOutside: number | null = null
  // The first Ctrl-C lets stages stop and the store be tidied; the second does not wait.
  const interrupt = () => {
    if (interrupted) end(exitCodes.interrupted)
    interrupted = true
    fiber.interruptUnsafe()
  }
  /** What fails beside the command's own work, such as a timer of the pipeline file: stages stop and the store is tidied all the same. */
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
  // The reader of a pipe may have seen enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") end(exitCodes.done)
    failOutside(exitCodes.disk, `what is printed cannot be written: ${error.message}`)
  })
  // A message that cannot be written has no other place.
  process.stderr.on("error", () => {})
  let isIdle = false
  /** Nothing is left that could happen. Whoever waits for something may have been told so by the first of two such calls. */
  const stalled = () => {
    if (isIdle) {
      say("this should not happen: the command waits for something that nothing is left to bring")
      end(exitCodes.defect)
    }
    isIdle = true
    setImmediate(() => {})
  }
  process.on("beforeExit", stalled)
  fiber.addObserver((exit) => {
    process.removeListener("beforeExit", stalled)
    // Ctrl-C goes to everybody at once: what failed because a program that we use has heard it first did not fail, and our own
    // signal is about to arrive.
    setImmediate(() => {
      if (failedOutside !== null) end(failedOutside)
      const ended = interrupted && Exit.isFailure(exit) ? Exit.interrupt() : exit
      if (Exit.isFailure(ended)) report(ended.cause)
      // A reader of a pipe may be slower than we are: all of it has to have gone out.
      process.stdout.write("", () => process.stderr.write("", () => end(failedOutside ?? exitCode(ended))))
    })
  })
}

const say = (message: string): void => {
  process.stderr.write(`assay: ${escapeControls(message)}\n`)
}

class EndsCommand extends Error {}

/** Ends the process, which from now on nothing else can: a timer that a pipeline file has started must not end a run. */
const onlyWeEnd = (): ((code: number) => never) => {
  const exit = process.exit.bind(process)
  process.exit = () => {
    throw new EndsCommand("process.exit() is called by something that the pipeline file started; a pipeline file only declares stages")
  }
  return (code) => {
    // A second signal must not wait for threads of native code, which an exit joins.
    for (const name of ["SIGINT", "SIGTERM"]) process.removeAllListeners(name)
    return exit(code)
  }
}
