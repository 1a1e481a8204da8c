import type { DownloadRequest } from "../../data/grid/index.ts"
import type { OpenTables, TableAnswer, TableQuestion, Views } from "../../data/query/index.ts"
import { answerTable, interruptible, type Limits, openTables, outOfMemory, type QueryResult, query } from "../../data/query/index.ts"

/**
 * What a process that answers queries is asked: SQL that a person typed, over some views; something
 * of Assay's own about a stored table; or a table's bytes, on its standard output. Memory is in
 * bytes.
 */
export type Question =
  | { readonly about: "views"; readonly views: Views; readonly sql: string; readonly limits: Limits }
  | { readonly about: "table"; readonly path: string; readonly question: TableQuestion; readonly memory: number }
  | { readonly about: "download"; readonly path: string; readonly request: DownloadRequest; readonly memory: number }

/** A message to the process: a question with a number, or that an answer is no longer wanted. */
export type Asking = { readonly id: number; readonly question: Question } | { readonly cancel: number }

/** A message of the process: that it has started, or what becomes of a question. */
export type Message = { readonly type: "ready" } | Reply

export type Reply = {
  /** Of the question. */
  readonly id: number
  /** Whether the process holds so much memory that another one should take its place. */
  readonly spent: boolean
} & (
  | { readonly type: "answer"; readonly result: QueryResult | TableAnswer | null }
  | { readonly type: "refused"; readonly tag: "QueryError"; readonly reason: string; readonly message: string }
  | { readonly type: "refused"; readonly tag: "DataFileError"; readonly file: string; readonly reason: string }
)

/** Milliseconds between two looks at the memory that the process takes. */
const watchMs = 20

/** What a question takes beside the database, in bytes. */
const base = 256 * 2 ** 20

/**
 * Answers one question after the other until the parent process goes away or ends it. The database
 * bounds what it sorts and groups, but not what one function makes (`range(4e9)`, `repeat(…)`):
 * that is watched from here, while the database computes in threads of its own; the process then
 * ends itself. SIGINT, which a terminal sends to every process of the command, is ignored: the
 * parent decides.
 */
export const serve = (): void => {
  const exit = () => process.kill(process.pid, "SIGKILL")
  const tables = openTables()
  const running = new Map<number, AbortController>()
  process.on("SIGINT", () => {})
  process.on("disconnect", exit)
  process.on("message", (message: Asking) => {
    if ("cancel" in message) return running.get(message.cancel)?.abort()
    const { id, question } = message
    const memory = question.about === "views" ? question.limits.memory : question.memory
    const most = process.memoryUsage.rss() + memory + base
    const controller = new AbortController()
    running.set(id, controller)
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() < most) return
      clearInterval(watch)
      say({ id, spent: true, ...refusal(outOfMemory(memory)) }, exit)
    }, watchMs)
    const end = (outcome: Outcome): void => {
      clearInterval(watch)
      running.delete(id)
      say({ id, spent: process.memoryUsage.rss() > memory / 2 + base, ...outcome })
    }
    answer(tables, question, controller.signal).then(
      (result) => end({ type: "answer", result }),
      (error: unknown) => end(refusal(error)),
    )
  })
  process.send?.({ type: "ready" } satisfies Message)
}

type Outcome = Reply extends infer R ? (R extends Reply ? Omit<R, "id" | "spent"> : never) : never

const answer = async (tables: OpenTables, question: Question, signal: AbortSignal): Promise<QueryResult | TableAnswer | null> => {
  if (question.about === "views") return query(question.views, question.sql, question.limits, signal)
  return tables.use(question.path, question.memory, (table) =>
    interruptible(table.connection, signal, async () => {
      if (question.about === "table") return answerTable(table, question.question)
      const { downloadPieces } = await import("../../data/export/index.ts")
      for await (const piece of downloadPieces(table, question.request)) await print(piece)
      return null
    }),
  )
}

/** Waits until the pipe has taken all, which it does as fast as it is read at its other end. */
const print = (bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()))
  })

const say = (reply: Reply, then: () => void = () => {}): void => {
  process.send?.(reply, then)
}

const refusal = (error: unknown): Outcome => {
  const { _tag, file = "", column, reason, message = String(error) } = error as Readonly<Record<string, string | undefined>>
  if (_tag === "DataFileError") return { type: "refused", tag: _tag, file, reason: reason ?? message }
  // A column of a type that no table of ours has.
  if (_tag === "ColumnError") return { type: "refused", tag: "DataFileError", file, reason: `column "${column}" ${reason}` }
  return { type: "refused", tag: "QueryError", reason: _tag === "QueryError" ? (reason ?? "invalid") : "invalid", message }
}
