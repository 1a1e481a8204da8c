import { Effect, Exit, Layer } from "effect"
import { removeIfEmpty } from "../../disk/folder.ts"
import { startReaper } from "../../disk/reaper.ts"
import { Settings } from "../../settings.ts"
import type { Task } from "../task/task.ts"
import { confinedProcesses, type PoolParts } from "./confined.ts"
import { environmentOf, heapFlags, memoryMode } from "./environment.ts"
import { Executor, type ExecutorShape } from "./executor.ts"
import { childProgram } from "./program.ts"
import { viewInPlace } from "./task-view.ts"
import { runTask, startWorker, stopWorker, type Worker } from "./worker.ts"

/**
 * Computes each task in a child process. Assay's own stages share processes, which keep their
 * compiled programs; one in which a stage failed is not used again. A user's stage gets a process
 * of its own, with the rights that it needs and no more: it sees nothing that another stage left
 * behind. The caller decides how many run at once.
 */
export const processPool: Layer.Layer<Executor, never, Settings> = Layer.effect(
  Executor,
  Effect.gen(function* () {
    const settings = yield* Settings
    const program = yield* Effect.cached(Effect.promise(() => childProgram(settings)))
    const reaper = yield* Effect.acquireRelease(Effect.sync(startReaper), ({ close }) => Effect.sync(close))
    const parts = { settings, program, reaper }
    const [shared, confined] = [yield* sharedProcesses(parts), yield* confinedProcesses(parts)]
    return {
      execute: (task, report, serve) => {
        const execute = task.rights.trusted ? shared : confined
        return execute({ ...task, engine: { ...task.engine, memory: memoryMode() } }, report, serve)
      },
    }
  }),
)

/** Processes for Assay's own stages. */
const sharedProcesses = Effect.fnUntraced(function* ({ settings, program, reaper }: PoolParts) {
  const idle: Array<Worker> = []
  yield* Effect.addFinalizer(() => Effect.forEach(idle, stopWorker, { concurrency: "unbounded", discard: true }))
  const acquire = Effect.fnUntraced(function* ({ rights }: Task) {
    for (let worker = idle.pop(); worker !== undefined; worker = idle.pop()) if (worker.process.connected) return worker
    const { entry } = yield* program
    return startWorker({ entry, flags: heapFlags(), environment: environmentOf(rights, settings), folder: settings.projectRoot, reaper })
  })
  const release = (worker: Worker, { checkpoint }: Task, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> =>
    Exit.isSuccess(exit) && worker.process.connected
      ? Effect.sync(() => void idle.push(worker))
      : Effect.andThen(
          stopWorker(worker),
          Effect.sync(() => checkpoint !== null && removeIfEmpty(checkpoint)),
        )
  const execute: ExecutorShape["execute"] = (task, report, serve) =>
    Effect.acquireUseRelease(
      acquire(task),
      (worker) => runTask(worker, viewInPlace(task), { report, serve }),
      (worker, exit) => release(worker, task, exit),
    )
  return execute
})
