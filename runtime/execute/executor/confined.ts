import * as fs from "node:fs"
import { Effect, Option } from "effect"
import { makeFolder, removeIfEmpty } from "../../disk/folder.ts"
import type { Reaper } from "../../disk/reaper.ts"
import type { SettingsShape } from "../../settings.ts"
import type { Task } from "../task/task.ts"
import type { ExecutorShape } from "./executor.ts"
import { permissionFlags } from "./permissions.ts"
import type { Program } from "./program.ts"
import { type Shape, shapeOf } from "./shape.ts"
import { endSpare, spareProcesses } from "./spare.ts"
import { type TaskView, viewInPlace, viewInSandbox } from "./task-view.ts"
import { runTask, startWorker, stopWorker, type Worker } from "./worker.ts"

/** What processes are started with. */
export interface PoolParts {
  readonly settings: SettingsShape
  readonly program: Effect.Effect<Program>
  readonly reaper: Reaper
}

/** A process at its one task. */
interface Session {
  readonly worker: Worker
  readonly view: TaskView
  readonly end: Effect.Effect<void>
}

/** A task, the shape of its process, and the inputs that are not part of it. */
interface Shaped {
  readonly task: Task
  readonly shape: Shape
  readonly inputs: ReadonlyArray<string>
}

/**
 * Processes for a user's stages, each for one task. It was started while another ran, where that
 * was foreseen, else for its task.
 */
export const confinedProcesses = Effect.fnUntraced(function* ({ settings, program, reaper }: PoolParts) {
  const start = (shape: Shape, readable: ReadonlyArray<string>, writable: ReadonlyArray<string>): Worker => {
    const { entry, rights, environment, folder, heap } = shape
    const permissions = permissionFlags(rights, { readable: [...shape.readable, ...readable], writable })
    return startWorker({ entry, flags: [...heap, ...permissions], environment, folder, reaper })
  }
  const spares = yield* spareProcesses((shape, { inputs, outputs, checkpoint }) => start(shape, [inputs], [outputs, checkpoint]))
  let running = 0

  const startOwn = ({ task, shape, inputs }: Shaped): Session => {
    const { folder, checkpoint } = task
    // The process may write into its folder and cannot look whether those above it are there.
    if (checkpoint !== null) makeFolder(checkpoint)
    const worker = start(shape, inputs, checkpoint === null ? [folder] : [folder, checkpoint])
    return { worker, view: viewInPlace(task), end: stopWorker(worker) }
  }
  const useSpare = Effect.fnUntraced(function* ({ task, shape, inputs }: Shaped) {
    // A spare process cannot read what an attempt before this one has saved.
    const isResumed = task.checkpoint !== null && fs.existsSync(task.checkpoint)
    const spare = isResumed || runsProgram(task) ? undefined : yield* spares.take(shape)
    if (spare === undefined) return undefined
    const view = yield* Effect.option(Effect.tryPromise(() => viewInSandbox(spare.sandbox, task, inputs)))
    if (Option.isNone(view)) return yield* Effect.as(endSpare(spare), undefined)
    const { worker } = spare
    // What the process had saved when it ended is kept before its folders go.
    const settled = Effect.andThen(stopWorker(worker), Effect.promise(view.value.settled))
    return { worker, view: view.value, end: Effect.andThen(settled, endSpare(spare)) } satisfies Session
  })
  const acquire = Effect.fnUntraced(function* (task: Task) {
    const shaped = { task, ...shapeOf(task, yield* program, settings) }
    const session = (yield* useSpare(shaped)) ?? startOwn(shaped)
    running += 1
    return { ...session, shape: shaped.shape }
  })
  const release = ({ end }: Session, { checkpoint }: Task): Effect.Effect<void> =>
    Effect.andThen(
      end,
      Effect.sync(() => {
        running -= 1
        if (checkpoint !== null) removeIfEmpty(checkpoint)
      }),
    )

  const execute: ExecutorShape["execute"] = (task, report, serve) =>
    Effect.acquireUseRelease(
      acquire(task),
      ({ worker, view, shape }) => {
        // In a fiber: to start a process takes a few milliseconds, and this one goes first.
        const prepare = Effect.suspend(() => spares.prepare(shape, { folder: task.folder, running }))
        return Effect.andThen(runsProgram(task) ? Effect.void : Effect.forkChild(prepare), runTask(worker, view, { report, serve }))
      },
      (session) => release(session, task),
    )
  return execute
})

/** The user's program works in the folder of its task, where its stage looks for what it wrote. */
const runsProgram = ({ command }: Task): boolean => command !== undefined
