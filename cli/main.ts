import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Exit, Layer } from "effect"
import { CliConfig, CliOutput, Command, GlobalFlag } from "effect/cli"
import manifest from "../package.json" with { type: "json" }
import { exitCode, report } from "./exit.ts"
import { assay } from "./grammar.ts"
import { onlyTheError } from "./print/invocation.ts"
import { Surroundings } from "./surroundings.ts"

/**
 * The command. `assayRoot` is the folder of the running Assay. Exit codes: 0 done, 1 a stage failed, 2 it was called in a
 * way that has no answer, 130 interrupted.
 */
export const main = (assayRoot: string): void => {
  const services = Layer.mergeAll(
    NodeServices.layer,
    Surroundings.layer(assayRoot),
    CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
    CliOutput.layerPresenter(onlyTheError),
  )
  const fiber = Effect.runFork(Effect.provide(Command.run(assay, { version: manifest.version }), services))
  let interrupted = false
  // The first Ctrl-C lets stages stop and the store be tidied; the second does not wait.
  const interrupt = () => {
    if (interrupted) process.exit(130)
    interrupted = true
    fiber.interruptUnsafe()
  }
  process.on("SIGINT", interrupt)
  process.on("SIGTERM", interrupt)
  // The reader of a pipe may have seen enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1))
  fiber.addObserver((exit) => {
    // Ctrl-C goes to everybody at once: what failed because a program that we use has heard it first did not fail, and our own
    // signal is about to arrive.
    setImmediate(() => {
      const ended = interrupted && Exit.isFailure(exit) ? Exit.interrupt() : exit
      if (Exit.isFailure(ended)) report(ended.cause)
      // A reader of a pipe may be slower than we are: all of it has to have gone out.
      process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode(ended))))
    })
  })
}
