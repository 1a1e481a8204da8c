import { PgClient } from "@effect/sql-pg"
import { Effect, Queue, type Scope, Semaphore, Stream } from "effect"
import { processTag } from "../disk/process.ts"
import { Listening } from "./listening.ts"

/**
 * Messages that are heard by those who listen at that moment, and later by none: PostgreSQL's
 * notifications. What must not be lost goes through queues and the store.
 */

/** Characters of a message in one notification, which holds 8000 bytes. */
const pieceLength = 7800

/** Milliseconds for which messages are collected before they are sent together. */
const collectMs = 60

/** Messages that wait for a database that is not there; older ones are dropped. */
const mostWaiting = 50_000

/** Milliseconds after which a lost connection is made again. */
const relistenMs = 300

export interface Sender {
  /** Takes no time: the message is sent with others a little later. */
  readonly send: (message: object) => void
  /** Sends what has been collected. */
  readonly flush: Effect.Effect<void>
}

let sent = 0

/** Sends to a channel while the scope is open. What cannot be sent is dropped. */
export const sender = (channel: string): Effect.Effect<Sender, never, PgClient.PgClient | Scope.Scope> =>
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient
    let waiting: Array<object> = []
    // One at a time: on two connections the later could arrive first.
    const flush = Semaphore.makeUnsafe(1).withPermit(
      Effect.suspend(() => {
        const messages = waiting
        waiting = []
        return messages.length === 0 ? Effect.void : Effect.ignore(notify(sql, channel, messages))
      }),
    )
    yield* Effect.addFinalizer(() => flush)
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(collectMs), flush)))
    return {
      send: (message) => {
        waiting.push(message)
        if (waiting.length > mostWaiting) waiting.shift()
      },
      flush,
    }
  })

/** In one statement, so that the pieces arrive together and in order. */
const notify = (sql: PgClient.PgClient, channel: string, messages: ReadonlyArray<object>) => {
  const text = asciiJson(messages)
  sent += 1
  const count = Math.ceil(text.length / pieceLength)
  const pieces = Array.from(
    { length: count },
    (_, index) => `${processTag()} ${sent} ${index} ${count} ${text.slice(index * pieceLength, (index + 1) * pieceLength)}`,
  )
  return sql`SELECT pg_notify(${channel}, piece) FROM json_array_elements_text(${JSON.stringify(pieces)}::json) AS piece`
}

/** One byte a character, so that a text can be cut anywhere. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)

/**
 * The messages of a channel from now on. Where the connection is lost it is made again; what was
 * sent in between is missed. `listening` runs each time that it begins to listen.
 */
export const heard = (channel: string, listening: Effect.Effect<void> = Effect.void): Stream.Stream<unknown, never, Listening> =>
  Stream.callback<unknown, never, Listening>((out) =>
    Effect.gen(function* () {
      const { listen } = yield* Listening
      const join = joiner()
      const hear = Effect.gen(function* () {
        const next = yield* listen(channel)
        yield* listening
        for (;;) for (const message of join(yield* next)) yield* Queue.offer(out, message)
      })
      yield* Effect.forever(Effect.andThen(Effect.ignore(Effect.scoped(hear)), Effect.sleep(relistenMs)))
    }),
  )

/** Puts the pieces of messages together. */
const joiner = () => {
  const begun = new Map<string, ReadonlyArray<string>>()
  return (payload: string): ReadonlyArray<unknown> => {
    const [, name = "", index, count, text = ""] = /^(\S+ \d+) (\d+) (\d+) (.*)$/s.exec(payload) ?? []
    const before = index === "0" ? [] : (begun.get(name) ?? [])
    begun.delete(name)
    // Its beginning was missed.
    if (before.length !== Number(index)) return []
    const pieces = [...before, text]
    if (pieces.length === Number(count)) return JSON.parse(pieces.join("")) as ReadonlyArray<unknown>
    begun.set(name, pieces)
    return []
  }
}
