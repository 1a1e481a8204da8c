import { type Limits, outOfMemory, type QueryResult, query } from "../../data/query/index.ts"

/** A query over the rows of a stored table, as it crosses into the process that answers it. */
export interface Question {
  readonly path: string
  readonly sql: string
  readonly limits: Limits
}

export type Answer =
  | { readonly type: "answer"; readonly result: QueryResult }
  | { readonly type: "refused"; readonly tag: "QueryError" | "DataFileError"; readonly reason: string; readonly message: string }

/** Milliseconds between two looks at the memory that the process takes. */
const watchMs = 20

/** What the process takes beside the database, in bytes. */
const base = 256 * 2 ** 20

/**
 * Answers one question and waits to be ended. The database bounds what it sorts and groups, but not
 * what one function makes (`range(4e9)`, `repeat(…)`): that is watched from here, while the
 * database computes in threads of its own.
 */
export const answerOne = (): void => {
  const exit = () => process.kill(process.pid, "SIGKILL")
  process.on("disconnect", exit)
  process.on("message", ({ path, sql, limits }: Question) => {
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() < limits.memory + base) return
      clearInterval(watch)
      say(refusal(outOfMemory(limits.memory)), exit)
    }, watchMs)
    query(path, sql, limits).then(
      (result) => say({ type: "answer", result }),
      (error: unknown) => say(refusal(error)),
    )
  })
}

const say = (answer: Answer, then: () => void = () => {}): void => {
  process.send?.(answer, then)
}

const refusal = (error: unknown): Answer => {
  const { _tag, reason = "invalid", message } = error as { readonly _tag?: unknown; readonly reason?: string; readonly message?: string }
  return { type: "refused", tag: _tag === "DataFileError" ? _tag : "QueryError", reason, message: message ?? String(error) }
}
