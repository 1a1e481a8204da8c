import { type ChildProcess, fork } from "node:child_process"
import { randomUUID } from "node:crypto"
import { Effect } from "effect"
import type { Reaper } from "../../disk/reaper.ts"
import { type Thrown, thrown } from "../../thrown.ts"
import type { Serve, ServiceCall } from "../task/services.ts"
import { syncToDisk } from "../task/sync.ts"
import type { Report, TaskOutputs } from "../task/task.ts"
import type { ChildMessage, Envelope, ParentMessage } from "./child.ts"
import { TaskFailed } from "./executor.ts"
import { lastLines } from "./last-lines.ts"
import type { TaskView } from "./task-view.ts"

/** A child process and its listeners, which change from task to task. */
export interface Worker {
  readonly process: ChildProcess
  /**
   * What every message of ours carries: a stage that speaks to its parent process does not know it.
   */
  readonly secret: string
  onMessage: (message: ChildMessage) => void
  onOutput: (text: string) => void
  onExit: (how: string) => void
}

export interface WorkerOptions {
  /** The module to run. */
  readonly entry: string
  readonly flags: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  readonly reaper: Reaper
}

export const startWorker = ({ entry, flags, environment, folder, reaper }: WorkerOptions): Worker => {
  const child = fork(entry, [], {
    cwd: folder,
    env: environment,
    execArgv: [...flags],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  })
  const { pid } = child
  if (pid !== undefined) reaper.watch(pid)
  const worker: Worker = { process: child, secret: randomUUID(), onMessage: () => {}, onOutput: () => {}, onExit: () => {} }
  child.on("message", (envelope: Partial<Envelope>) => {
    if (envelope?.secret === worker.secret && envelope.message !== undefined) worker.onMessage(envelope.message)
  })
  child.on("error", (error) => worker.onExit(error.message))
  child.on("exit", (code, signal) => {
    if (pid !== undefined) reaper.forget(pid)
    worker.onExit(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`)
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8")
    stream?.on("data", (text: string) => worker.onOutput(text))
  }
  return worker
}

/** Who hears of a task's progress, and who answers what it asks. */
interface Listeners {
  readonly report: (report: Report) => void
  readonly serve: Serve
}

/** Hands a task over and listens until it is done. */
export const runTask = (worker: Worker, view: TaskView, { report, serve }: Listeners): Effect.Effect<TaskOutputs, TaskFailed> =>
  Effect.callback((resume) => {
    const printed = lastLines()
    const fail = (error: Thrown): TaskFailed => failureOf({ ...error, output: printed.text() }, view)
    const finish = (outputs: TaskOutputs): Effect.Effect<TaskOutputs, TaskFailed> =>
      Effect.try({ try: () => view.collect(outputs), catch: (error) => fail(thrown(error)) })
    worker.onOutput = (text) => {
      for (const line of printed.add(text)) report({ type: "output", text: view.translate(line) })
    }
    worker.onMessage = (message) => {
      if (message.type === "report") report(message.report)
      else if (message.type === "sync") void syncFor(worker, view, message)
      else if (message.type === "call") void answer(worker, serve, message)
      // What the stage has printed is in another pipe, which is read in the meantime.
      else if (message.type === "done") setImmediate(() => setImmediate(() => resume(finish(message.outputs))))
      else resume(Effect.fail(fail(message.error)))
    }
    worker.onExit = (how) => resume(Effect.fail(fail(death(how))))
    worker.process.send({ secret: worker.secret, task: view.task } satisfies ParentMessage, (error) => {
      if (error !== null) worker.onExit(error.message)
    })
  })

/** Answers what a task asks of this process, or says what it is to throw. */
const answer = async ({ process: child }: Worker, serve: Serve, { id, call }: { readonly id: number; readonly call: ServiceCall }) => {
  const message = await serve(call).then(
    (answers): ParentMessage => ({ served: id, answers }),
    (error: unknown): ParentMessage => ({ served: id, error: thrown(error) }),
  )
  if (child.connected) child.send(message, () => {})
}

/** Puts a file of a task on the disk for its process, which may not, and says how it went. */
const syncFor = async (
  { process: child }: Worker,
  { task: { folder, checkpoint }, saved }: TaskView,
  { id, path }: { readonly id: number; readonly path: string },
): Promise<void> => {
  const isIn = (place: string | null): boolean => place !== null && (path === place || path.startsWith(`${place}/`))
  // The folder of the checkpoint comes last, when all that is in it is on the disk.
  const sync = (): Promise<void> => (path === checkpoint ? syncToDisk(path).then(saved) : syncToDisk(path))
  const error = isIn(folder) || isIn(checkpoint) ? await sync().then(() => null, String) : `${path} is not of this task`
  if (child.connected) child.send({ synced: id, error } satisfies ParentMessage, () => {})
}

/** With the paths that the task gives its files. */
const failureOf = (error: Thrown & { readonly output: string }, { translate }: TaskView): TaskFailed => {
  const details = Object.entries(error.details).map(([name, value]) => [name, typeof value === "string" ? translate(value) : value])
  const texts = { message: translate(error.message), stack: translate(error.stack), output: translate(error.output) }
  return new TaskFailed({ ...error, ...texts, details: Object.fromEntries(details) })
}

const death = (how: string): Thrown => {
  const hint = /SIGKILL|SIGABRT|code 134/.test(how) ? "; perhaps there was not enough memory" : ""
  return { name: "Died", tag: "Died", message: `the stage's process died: ${how}${hint}`, details: {}, stack: "" }
}

/** Ends a process at once, and waits until it has gone. */
export const stopWorker = ({ process: child }: Worker): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })
