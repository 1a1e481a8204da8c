import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Exit, Layer } from "effect"
import type { Gate } from "../../bundle/gate.ts"
import { gatedBundle } from "../../bundle/gated.ts"
import { makeFolder } from "../../disk/folder.ts"
import { Settings, type SettingsShape } from "../../settings.ts"
import type { Task } from "../task/task.ts"
import { environmentOf, memoryMode } from "./environment.ts"
import { Executor } from "./executor.ts"
import { permissionFlags } from "./permissions.ts"
import { startReaper } from "./reaper.ts"
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
    const entry = yield* Effect.cached(Effect.promise(() => childBundle(settings)))
    const reaper = yield* Effect.acquireRelease(Effect.sync(startReaper), ({ close }) => Effect.sync(close))
    const idle: Array<Worker> = []
    yield* Effect.addFinalizer(() => Effect.forEach(idle, stopWorker, { concurrency: "unbounded", discard: true }))

    const start = ({ rights, gpus }: Task, { bundle }: Gate, flags: ReadonlyArray<string>): Worker =>
      startWorker({
        entry: bundle,
        flags,
        environment: environmentOf(rights, settings, rights.trusted ? [] : gpus),
        folder: rights.trusted || rights.declared.some((read) => read.startsWith("file:")) ? settings.projectRoot : "/",
        reaper,
      })
    const acquire = Effect.fnUntraced(function* (task: Task) {
      const gate = yield* entry
      if (!task.rights.trusted) {
        // The process may write into its folder and cannot look whether those above it are there.
        if (task.checkpoint !== null) makeFolder(task.checkpoint)
        return start(task, gate, permissionFlags(task, ownFiles(gate)))
      }
      for (let worker = idle.pop(); worker !== undefined; worker = idle.pop()) if (worker.process.connected) return worker
      return start(task, gate, [])
    })
    const release = (task: Task, worker: Worker, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> => {
      if (task.rights.trusted && Exit.isSuccess(exit) && worker.process.connected) return Effect.sync(() => void idle.push(worker))
      return Effect.andThen(
        stopWorker(worker),
        Effect.sync(() => removeIfEmpty(task.checkpoint)),
      )
    }

    return {
      execute: (task, report, serve) =>
        Effect.acquireUseRelease(
          acquire(task),
          (worker) => runTask(worker, { ...task, engine: { ...task.engine, memory: memoryMode() } }, { report, serve }),
          (worker, exit) => release(task, worker, exit),
        ),
    }
  }),
)

const removeIfEmpty = (folder: string | null): void => {
  if (folder === null) return
  try {
    fs.rmdirSync(folder)
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error
  }
}

/**
 * What reads and writes tables in every child is compiled in: to load it from its packages takes
 * longer than to start a process.
 */
const inlined = /^(effect|ts-pattern|apache-arrow|flatbuffers|tslib|@swc\/helpers)(\/|$)/

/** By cache: looked up once for all pools of a process. */
const bundles = new Map<string, Promise<Gate>>()

const childBundle = (settings: SettingsShape): Promise<Gate> => {
  const made = bundles.get(settings.cache) ?? makeChildBundle(settings)
  bundles.set(settings.cache, made)
  return made
}

const makeChildBundle = ({ assayRoot, cache }: SettingsShape): Promise<Gate> => {
  const directory = path.join(assayRoot, "runtime", "execute", "executor")
  return gatedBundle({
    assayRoot,
    cache,
    directory,
    inlined,
    entry: `import { serve } from ${JSON.stringify(path.join(directory, "child.ts"))}\nserve()`,
  })
}

/** What a child process reads for itself: its program, and the packages that this imports. */
const ownFiles = ({ bundle, packages }: Gate): ReadonlyArray<string> => [bundle, `${bundle}.map`, ...packages.map(({ folder }) => folder)]
