import { Effect, Option, type Scope } from "effect"
import { makeSandbox, removeSandbox, type Sandbox } from "./sandbox.ts"
import type { Shape } from "./shape.ts"
import { stopWorker, type Worker } from "./worker.ts"

/** A process that waits for its one task. */
export interface Spare {
  readonly worker: Worker
  readonly sandbox: Sandbox
}

export interface Spares {
  /** A process of that shape; undefined if none waits. */
  readonly take: (shape: Shape) => Effect.Effect<Spare | undefined>
  /**
   * Starts a process for the next task of a shape, if that is likely to come and there is room.
   * `folder` is the temporary folder of the present one, `running` how many of the user's stages
   * run.
   */
  readonly prepare: (shape: Shape, about: { readonly folder: string; readonly running: number }) => Effect.Effect<void>
}

/**
 * Seconds that a process waits for a task. Where stages take longer than that, the tenth of a
 * second that its start takes does not matter.
 */
const waitSeconds = 20

/** Bytes of memory that have to be left: a process takes about 40 MB before its task. */
const reserveBytes = 500e6

/**
 * Processes that are started while others compute, so that a user's stage need not wait for the
 * start of its own. Two tasks of a shape make a third likely.
 */
export const spareProcesses = (start: (shape: Shape, sandbox: Sandbox) => Worker): Effect.Effect<Spares, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const waiting = new Map<Spare, string>()
    const seen = new Set<string>()
    /** Ends it, unless it was taken in the meantime. */
    const end = (spare: Spare): Effect.Effect<void> => Effect.suspend(() => (waiting.delete(spare) ? endSpare(spare) : Effect.void))
    yield* Effect.addFinalizer(() => Effect.forEach([...waiting.keys()], end, { concurrency: "unbounded", discard: true }))

    const startSpare = (shape: Shape, folder: string): Spare => {
      const sandbox = makeSandbox(folder)
      return { worker: start(shape, sandbox), sandbox }
    }
    const expire = (spare: Spare, name: string): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (waiting.has(spare)) seen.delete(name)
        return end(spare)
      })

    return {
      take: Effect.fnUntraced(function* (shape) {
        const name = nameOf(shape)
        for (const [spare, other] of waiting) {
          if (other !== name) continue
          if (!spare.worker.process.connected) yield* end(spare)
          else if (waiting.delete(spare)) return spare
        }
        return undefined
      }),
      prepare: Effect.fnUntraced(function* (shape, { folder, running }) {
        const name = nameOf(shape)
        const isLikely = seen.has(name)
        seen.add(name)
        if (!isLikely || waiting.size >= running || process.availableMemory() < reserveBytes) return
        // Where none can be started, the next task starts its own, and says what is the matter.
        const started = Option.getOrUndefined(yield* Effect.option(Effect.try(() => startSpare(shape, folder))))
        if (started === undefined) return
        waiting.set(started, name)
        yield* Effect.forkIn(Effect.delay(expire(started, name), `${waitSeconds} seconds`), scope)
      }),
    }
  })

const nameOf = (shape: Shape): string => JSON.stringify(shape)

/** Ends a process, before its task or after it, and removes its folders. */
export const endSpare = ({ worker, sandbox }: Spare): Effect.Effect<void> =>
  Effect.andThen(
    stopWorker(worker),
    Effect.sync(() => removeSandbox(sandbox)),
  )
