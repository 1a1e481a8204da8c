import type { Json } from "../../../dsl/canonical.ts"
import { StageError } from "../../../dsl/stage-error.ts"
import { type Thrown, thrown } from "../../thrown.ts"
import { paced } from "../task/paced.ts"
import { perform } from "../task/perform.ts"
import type { Serve, ServiceCall } from "../task/services.ts"
import { type Sync, syncToDisk } from "../task/sync.ts"
import type { Report, Task, TaskOutputs } from "../task/task.ts"
import { confine } from "./confine.ts"

/** A message of a child process to its parent. */
export type ChildMessage =
  | { readonly type: "report"; readonly report: Report }
  | { readonly type: "done"; readonly outputs: TaskOutputs }
  | { readonly type: "failed"; readonly error: Thrown }
  /** Asks for a file or folder of the task to be put on the disk. */
  | { readonly type: "sync"; readonly id: number; readonly path: string }
  /** Asks for something that only the parent has. */
  | { readonly type: "call"; readonly id: number; readonly call: ServiceCall }

/** A message of the parent to a child process: its task, or the answer to a sync or a call. */
export type ParentMessage =
  | { readonly secret: string; readonly task: Task }
  | { readonly synced: number; readonly error: string | null }
  | { readonly served: number; readonly answers: ReadonlyArray<Json> }
  | { readonly served: number; readonly error: Thrown }

/** What crosses between the processes: a message, and the proof that it is one of ours. */
export interface Envelope {
  readonly secret: string
  readonly message: ChildMessage
}

/** How long a stage may go on after its `run` has returned, before that counts as a failure. */
const graceMs = 10_000

/**
 * The life of a child process: one task after the other, until the parent goes away; of a user's
 * stage, just one. It ignores SIGINT, which the terminal sends to every process of the command: the
 * parent decides.
 */
export const serve = (): void => {
  const { send, channel } = takeChannel()
  const waiting = new Map<number, (message: ParentMessage) => void>()
  process.on("SIGINT", () => {})
  process.on("disconnect", () => process.exit(0))
  process.on("message", (message: ParentMessage) => {
    if (!("task" in message)) return waiting.get("synced" in message ? message.synced : message.served)?.(message)
    const { secret, task } = message
    const say = (message: ChildMessage): void => {
      // The parent ends the process when it has heard the last of it.
      if (message.type === "done" || message.type === "failed") channel?.ref()
      send({ secret, message })
    }
    const { report, flush } = paced((each) => say({ type: "report", report: each }))
    const fail = (error: unknown): void => {
      flush()
      say({ type: "failed", error: thrown(explained(error)) })
    }
    process.removeAllListeners("uncaughtException").on("uncaughtException", fail)
    const converse = conversation(say, task.rights.trusted ? undefined : channel, waiting)
    const serve = askToServe(converse)
    const work = task.rights.trusted
      ? perform(task, { report, quiet: nextTurn, sync: syncToDisk, serve })
      : perform(task, { report, quiet: confined(task, channel, fail), sync: askToSync(converse), serve })
    work
      .then((outputs) => {
        flush()
        say({ type: "done", outputs })
      })
      .catch(fail)
  })
}

type Channel = NonNullable<typeof process.channel>

/** From here on the process lives as long as the stage has something to do. */
const confined = (task: Task, channel: Channel | undefined, fail: (error: unknown) => void): (() => Promise<void>) => {
  const wait = quiet(fail)
  channel?.unref()
  confine(task)
  return wait
}

type Converse = (make: (id: number) => ChildMessage) => Promise<ParentMessage>

let asked = 0

/**
 * Asks the parent, and waits for its answer. `channel` is one that does not keep the process alive
 * by itself.
 */
const conversation =
  (say: (message: ChildMessage) => void, channel: Channel | undefined, waiting: Map<number, (message: ParentMessage) => void>): Converse =>
  (make) =>
    new Promise((resolve) => {
      asked += 1
      const id = asked
      channel?.ref()
      waiting.set(id, (message) => {
        waiting.delete(id)
        if (waiting.size === 0) channel?.unref()
        resolve(message)
      })
      say(make(id))
    })

/** Node's permissions refuse a sync to this process. */
const askToSync =
  (converse: Converse): Sync =>
  async (path) => {
    const answer = await converse((id) => ({ type: "sync", id, path }))
    if ("synced" in answer && answer.error !== null) throw new Error(answer.error)
  }

const askToServe =
  (converse: Converse): Serve =>
  async (call) => {
    const answer = await converse((id) => ({ type: "call", id, call }))
    if ("answers" in answer) return answer.answers
    const { tag, message, details } = (answer as { readonly error: Thrown }).error
    throw new StageError(tag, message, details)
  }

/** Takes the way to the parent process for itself, so that a stage cannot speak in its name. */
const takeChannel = () => {
  const send = process.send?.bind(process) ?? (() => {})
  const { channel } = process
  process.send = undefined as never
  return { send: (envelope: Envelope) => void send(envelope), channel }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Resolves when nothing is left that the process could wait for. Before `run` has returned that is
 * a failure: it awaits something that never comes. So is work that continues long after.
 */
const quiet = (fail: (error: unknown) => void): (() => Promise<void>) => {
  let onEmpty = (): void => fail(new Error("run awaits something that never comes: nothing is left to do that could settle its promise"))
  process.on("beforeExit", () => onEmpty())
  const { setTimeout: wait, clearTimeout: stop } = globalThis
  return () =>
    new Promise((resolve, reject) => {
      const timer = wait(() => {
        const left = [...new Set(process.getActiveResourcesInfo())].join(", ")
        reject(
          new Error(`the stage still has work to do after its run has returned (${left}): await all that it starts, and clear its timers`),
        )
      }, graceMs)
      timer.unref()
      onEmpty = () => {
        onEmpty = () => {}
        stop(timer)
        resolve()
      }
    })
}

/** Says what to do where Node refused something that the stage has not declared. */
const explained = (error: unknown): unknown => {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== "ERR_ACCESS_DENIED") return error
  const { permission = "", resource = "" } = error as { readonly permission?: string; readonly resource?: string }
  if (permission === "") return error
  const what = /^FileSystem/.test(permission)
    ? `it may read only its code, packages and inputs, and write only its outputs; not ${resource}. Hand the file over by file(path), or declare reads: ["file:${resource}"]`
    : permission === "Addon"
      ? "it may not load native code, which none of its packages holds"
      : `it may not start processes or threads (${permission}). Declare reads: ["processes"]`
  const denied = new StageError("AccessDenied", what, { permission, resource })
  denied.cause = error
  return denied
}
