import { Effect, Layer } from "effect"
import { thrown } from "../../thrown.ts"
import { syncToDisk } from "../task/sync.ts"
import { Executor, TaskFailed } from "./executor.ts"

/**
 * Computes in this process, one thread for everything: for tests and for debugging a stage. A stage
 * cannot be stopped midway.
 */
export const inProcess: Layer.Layer<Executor> = Layer.succeed(Executor, {
  execute: (task, report, serve) =>
    Effect.uninterruptible(
      Effect.tryPromise({
        // Loaded when asked: a plan does not pay for readers and writers of tables.
        try: async () => (await import("../task/perform.ts")).perform(task, { report, quiet: nextTurn, sync: syncToDisk, serve }),
        catch: (error) => new TaskFailed({ ...thrown(error), output: "" }),
      }),
    ),
})

/** In a process that does other work too, nothing shows when a stage has no more to do. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
