import { type ChildProcess, fork } from "node:child_process"
import * as path from "node:path"
import { Effect, Exit, Layer } from "effect"
import { gatedBundle } from "../bundle/gated.ts"
import { Settings, type SettingsShape } from "../settings.ts"
import type { ChildMessage } from "./child.ts"
import { Executor, TaskFailed } from "./executor.ts"
import { lastLines } from "./last-lines.ts"
import type { Report, Task, TaskOutputs } from "./task.ts"

/** A child process with its ears: who listens changes from task to task. */
interface Worker {
  readonly process: ChildProcess
  hear: (message: ChildMessage) => void
  print: (text: string) => void
  die: (how: string) => void
}

/**
 * Computes each task in a child process, and keeps idle ones for later tasks. A process in which a stage failed is not used again.
 * The caller decides how many run at once.
 */
export const processPool: Layer.Layer<Executor, never, Settings> = Layer.effect(
  Executor,
  Effect.gen(function* () {
    const settings = yield* Settings
    const entry = yield* Effect.cached(Effect.promise(() => childBundle(settings)))
    const idle: Array<Worker> = []
    yield* Effect.addFinalizer(() => Effect.forEach(idle, stop, { concurrency: "unbounded", discard: true }))

    const borrow = Effect.gen(function* () {
      for (let worker = idle.pop(); worker !== undefined; worker = idle.pop()) if (worker.process.connected) return worker
      return spawn(yield* entry, settings)
    })
    return {
      execute: (task, report) =>
        Effect.acquireUseRelease(
          borrow,
          (worker) => converse(worker, task, report),
          (worker, exit) => (Exit.isSuccess(exit) && worker.process.connected ? Effect.sync(() => void idle.push(worker)) : stop(worker)),
        ),
    }
  }),
)

const childBundle = ({ assayRoot, cache }: SettingsShape): Promise<string> => {
  const directory = path.join(assayRoot, "runtime", "execute")
  return gatedBundle({
    assayRoot,
    cache,
    directory,
    entry: `import { serve } from ${JSON.stringify(path.join(directory, "child.ts"))}\nserve()`,
  })
}

/**
 * Has the C library's allocator keep what native code frees instead of returning it to the kernel, which then would fill every large
 * buffer with zeros again. Only glibc knows these variables.
 */
const keptMemory = (): Readonly<Record<string, string>> =>
  "glibcVersionRuntime" in (process.report.getReport() as { readonly header: object }).header
    ? { MALLOC_MMAP_THRESHOLD_: "4294967296", MALLOC_TRIM_THRESHOLD_: "8589934592", MALLOC_TOP_PAD_: "67108864" }
    : {}

const spawn = (entry: string, { projectRoot }: SettingsShape): Worker => {
  const child = fork(entry, [], {
    cwd: projectRoot,
    env: { ...process.env, ...keptMemory() },
    execArgv: ["--enable-source-maps"],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  })
  const worker: Worker = { process: child, hear: () => {}, print: () => {}, die: () => {} }
  child.on("message", (message) => worker.hear(message as ChildMessage))
  child.on("error", (error) => worker.die(error.message))
  child.on("exit", (code, signal) => worker.die(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`))
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8")
    stream?.on("data", (text: string) => worker.print(text))
  }
  return worker
}

/** Hands a task over and listens until it is done. */
const converse = (worker: Worker, task: Task, report: (report: Report) => void): Effect.Effect<TaskOutputs, TaskFailed> =>
  Effect.callback((resume) => {
    const printed = lastLines()
    worker.print = (text) => {
      for (const line of printed.add(text)) report({ type: "output", text: line })
    }
    worker.hear = (message) => {
      if (message.type === "report") report(message.report)
      else if (message.type === "done") resume(Effect.succeed(message.outputs))
      else resume(Effect.fail(new TaskFailed({ ...message.error, output: printed.text() })))
    }
    worker.die = (how) => resume(Effect.fail(died(how, printed.text())))
    worker.process.send(task, (error) => {
      if (error !== null) worker.die(error.message)
    })
  })

const died = (how: string, output: string): TaskFailed => {
  const hint = /SIGKILL|SIGABRT|code 134/.test(how) ? "; perhaps there was not enough memory" : ""
  return new TaskFailed({ name: "Died", tag: "Died", message: `the stage's process died: ${how}${hint}`, details: {}, stack: "", output })
}

/** Ends a process at once, and waits until it has gone. */
const stop = ({ process: child }: Worker): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })
