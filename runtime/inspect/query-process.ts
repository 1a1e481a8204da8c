import { type ChildProcess, fork } from "node:child_process"
import * as path from "node:path"
import { Effect } from "effect"
import { DataFileError, QueryError } from "../../data/error.ts"
import type { QueryResult, TableAnswer } from "../../data/query/index.ts"
import { gatedBundle } from "../bundle/gated.ts"
import type { SettingsShape } from "../settings.ts"
import type { Asking, Message, Question, Reply } from "./query-child.ts"

/**
 * A process that answers questions, one at a time, and its listeners, which change from question to
 * question. Its end ends a query at once, whatever the database is doing; and a query that takes
 * more memory than there is ends it alone.
 */
export interface QueryProcess {
  readonly child: ChildProcess
  /** Whether it has started. */
  ready: boolean
  /** The number of the last question, and whether its reply is still to come. */
  question: number
  busy: boolean
  /** Whether it holds too much memory to be asked again. */
  spent: boolean
  onReady: () => void
  onReply: (reply: Reply) => void
  onExit: (how: string) => void
}

/** Starts a process; `output` is whether its standard output is read. */
export const startQueryProcess = Effect.fnUntraced(function* (settings: SettingsShape, output: boolean) {
  const bundle = yield* Effect.promise(() => childBundle(settings))
  return yield* Effect.sync((): QueryProcess => {
    const child = fork(bundle, [], { serialization: "advanced", stdio: ["ignore", output ? "pipe" : "ignore", "pipe", "ipc"] })
    const started: QueryProcess = {
      child,
      ready: false,
      question: 0,
      busy: false,
      spent: false,
      onReady: () => {},
      onReply: () => {},
      onExit: () => {},
    }
    let said = ""
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-mostSaid)
    })
    child.on("message", (message: Message) => {
      if (message.type === "ready") {
        started.ready = true
        started.onReady()
      } else if (message.id === started.question) {
        started.busy = false
        started.spent ||= message.spent
        started.onReply(message)
      }
    })
    const end = (how: string): void => {
      started.spent = true
      started.onExit(`${how}${said === "" ? "; perhaps there was not enough memory" : `\n${said}`}`)
    }
    child.on("error", ({ message }) => end(message))
    child.on("exit", (code, signal) => end(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`))
    return started
  })
})

/** Characters of what a dying process says that are worth repeating. */
const mostSaid = 1000

/** Waits until a process has started. */
export const whenReady = (asked: QueryProcess): Effect.Effect<void, QueryError> =>
  Effect.callback((resume) => {
    if (asked.ready) return resume(Effect.void)
    asked.onReady = () => resume(Effect.void)
    asked.onExit = (how) => resume(Effect.fail(died(how)))
  })

const died = (how: string): QueryError => new QueryError("memory", `the query's process died: ${how}`)

/**
 * Asks a process that is not busy. Interrupted, it stays busy: `settle` or `stopQueryProcess` must
 * follow.
 */
export const askQuestion = (
  asked: QueryProcess,
  question: Question,
): Effect.Effect<QueryResult | TableAnswer | null, QueryError | DataFileError> =>
  Effect.callback((resume) => {
    asked.question += 1
    asked.busy = true
    asked.onReply = (reply) => resume(reply.type === "answer" ? Effect.succeed(reply.result) : Effect.fail(errorOf(reply)))
    asked.onExit = (how) => resume(Effect.fail(died(how)))
    send(asked, { id: asked.question, question })
  })

/** Milliseconds that a query may take to notice that its answer is no longer wanted. */
const graceMs = 250

/** Cancels what a process is doing. Whether it can then be asked again. */
export const settle = (asked: QueryProcess): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const done = (): void => {
      clearTimeout(timer)
      resume(Effect.succeed(!asked.busy && !asked.spent && asked.child.connected))
    }
    const timer = setTimeout(done, graceMs)
    if (!asked.busy || asked.spent) return done()
    asked.onReply = done
    asked.onExit = done
    send(asked, { cancel: asked.question })
  })

/** Ends a process at once, and waits until it has gone. */
export const stopQueryProcess = ({ child }: QueryProcess): Effect.Effect<void> =>
  Effect.callback((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })

const send = (asked: QueryProcess, message: Asking): void => {
  asked.child.send(message, (error) => {
    if (error !== null) asked.onExit(error.message)
  })
}

const errorOf = (reply: Extract<Reply, { type: "refused" }>): QueryError | DataFileError =>
  reply.tag === "QueryError"
    ? new QueryError(reply.reason as QueryError["reason"], reply.message)
    : new DataFileError(reply.file, reply.reason)

/** By cache: looked up once by a process. */
const bundles = new Map<string, Promise<string>>()

const childBundle = (settings: SettingsShape): Promise<string> => {
  const made = bundles.get(settings.cache) ?? makeChildBundle(settings)
  bundles.set(settings.cache, made)
  return made
}

/** Compiled in, so that what only a download needs is loaded by a download. */
const inlined = /^(apache-arrow|flatbuffers|tslib|@swc\/helpers)(\/|$)/

const makeChildBundle = async ({ assayRoot, cache }: SettingsShape): Promise<string> => {
  const directory = path.join(assayRoot, "runtime", "inspect")
  const { bundle } = await gatedBundle({
    assayRoot,
    cache,
    directory,
    inlined,
    entry: `import { serve } from ${JSON.stringify(path.join(directory, "query-child.ts"))}\nserve()`,
  })
  return bundle
}
