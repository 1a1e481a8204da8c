import { Effect, FiberSet, Scope } from "effect"
import { canonicalJson, type Json } from "../../dsl/canonical.ts"
import { StageError } from "../../dsl/stage-error.ts"
import type { Ask } from "../connect/ask-server.ts"
import { Connections } from "../connect/connections.ts"
import { sha256 } from "../disk/sha256.ts"
import type { PlacedConnection } from "../fingerprint/stage-facts.ts"
import type { Settings } from "../settings.ts"
import { type AnswerBook, KeptAnswers } from "../store/answers/answers.ts"
import type { Workspace } from "../store/workspace/workspace.ts"
import { readyProgram } from "./command/asked-program.ts"
import { runCommand } from "./command/run-command.ts"
import { rowDigest, type Serve, type ServiceCall } from "./task/services.ts"
import type { Report, Task } from "./task/task.ts"

/** How many answers a stage was given that were known before, and how many were new. */
export interface AnswerCount {
  known: number
  added: number
}

export interface ServeOptions {
  /** Whether answers that are known count for nothing, and new ones take their places. */
  readonly isRefreshed: boolean
  /** Whether answers are kept; what only checks a result computes or asks for all of it. */
  readonly isKept: boolean
  /** Hears what the program of a command stage says. */
  readonly report: (report: Report) => void
}

/**
 * Answers what a task asks of the process that runs it, until the scope closes: what it asks a
 * server or a program for is then given up, and the program that computes it has ended.
 */
export const serveTask = Effect.fnUntraced(function* (task: Task, { isRefreshed, isKept, report }: ServeOptions) {
  const { services } = task
  const answers = yield* KeptAnswers
  const connections = yield* Connections
  const scope = yield* Effect.scope
  const run = yield* FiberSet.makeRuntimePromise<Settings | Workspace>()
  const books = new Map<string, Promise<AnswerBook>>()
  const asks = new Map<string, Promise<Ask>>()
  const count: AnswerCount = { known: 0, added: 0 }
  /** Rows that this task has had answered: they are not asked for again when it is refreshed. */
  const fresh = new Set<string>()

  const bookOf = (base: string, given: Json): Promise<AnswerBook> => {
    const name = sha256("answers", canonicalJson([base, given]))
    const open = books.get(name) ?? run(Scope.provide(answers.open(name), scope))
    books.set(name, open)
    return open
  }
  const find = (book: AnswerBook, row: string): Json | undefined => (isRefreshed && !fresh.has(row) ? undefined : book.find(row))
  const keep = (book: AnswerBook, entries: ReadonlyArray<readonly [row: string, answer: Json]>): void => {
    count.added += entries.length
    for (const [row] of entries) fresh.add(row)
    book.keep(entries)
  }

  const ask = async ({ connection, scope: base, program }: PlacedConnection, call: Extract<ServiceCall, { type: "ask" }>) => {
    const book = await bookOf(base, call.scope)
    const rows = call.requests.map(rowDigest)
    const known = new Map<string, Json | Promise<Json>>()
    const missing = new Map<string, number>()
    for (const [index, row] of rows.entries()) {
      if (known.has(row) || missing.has(row)) continue
      const found = isKept ? (find(book, row) ?? book.awaited.get(row)) : undefined
      if (found === undefined) missing.set(row, index)
      else known.set(row, found)
    }
    count.known += known.size
    if (missing.size > 0) {
      const wanted = [...missing.keys()]
      const requests = [...missing.values()].map((index) => call.requests[index] as (typeof call.requests)[number])
      const settle = expectAnswers(book, wanted)
      try {
        const answered = (index: number, answer: Json): void => {
          const row = wanted[index] as string
          if (isKept) keep(book, [[row, answer]])
          settle.resolve(row, answer)
        }
        const folder = program === null ? undefined : await run(readyProgram(connection, program))
        const open = asks.get(call.place) ?? run(Scope.provide(connections.open(connection, folder), scope))
        asks.set(call.place, open)
        const given = await run((await open)(requests, answered))
        for (const [index, row] of wanted.entries()) known.set(row, given[index] as Json)
      } catch (error) {
        settle.reject(error)
        throw error
      }
    }
    return Promise.all(rows.map((row) => known.get(row) as Json | Promise<Json>))
  }

  const serve: Serve = async (call) => {
    if (call.type === "ask" || call.type === "forget") {
      const placed = services?.connections[call.place]
      if (placed === undefined) throw new StageError("NoConnection", `nothing can be asked at "${call.place}": declare \`connect\``)
      if (call.type === "ask") return ask(placed, call)
      if (isKept) (await bookOf(placed.scope, call.scope)).forget(call.requests.map(rowDigest))
      return []
    }
    if (call.type === "run") return run(Effect.as(runCommand(task, report), []))
    const base = services?.scopes[call.place]
    if (base === undefined || !isKept) return call.type === "recall" ? call.rows.map(() => null) : []
    const book = await bookOf(base, call.scope)
    if (call.type === "remember") {
      keep(book, call.answers)
      return []
    }
    const found = call.rows.map((row) => find(book, row) ?? null)
    count.known += found.filter((answer) => answer !== null).length
    return found
  }
  return { serve, count, scopes: () => [...books.keys()].sort() }
})

/** Promises of answers that are on their way, for other stages that want the same. */
const expectAnswers = (book: AnswerBook, rows: ReadonlyArray<string>) => {
  const open = new Map(
    rows.map((row) => {
      let settle: { readonly resolve: (answer: Json) => void; readonly reject: (error: unknown) => void } | undefined
      const promise = new Promise<Json>((resolve, reject) => {
        settle = { resolve, reject }
      })
      // Perhaps no other stage waits for it.
      promise.catch(() => {})
      book.awaited.set(row, promise)
      return [row, settle] as const
    }),
  )
  const close = (row: string): void => {
    open.delete(row)
    book.awaited.delete(row)
  }
  return {
    resolve: (row: string, answer: Json): void => {
      open.get(row)?.resolve(answer)
      close(row)
    },
    reject: (error: unknown): void => {
      for (const [row, settle] of [...open]) {
        settle?.reject(error)
        close(row)
      }
    },
  }
}
