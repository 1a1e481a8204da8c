/** How results and errors are answered. */

import { Effect, Pull, References, Schema, Stream } from "effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { ApiError } from "./api.ts"

/** What was asked for is not there, or is no longer. */
export class NotThere extends Schema.TaggedError<NotThere>()("NotThere", { message: Schema.String }) {}

/** What was asked for is there, but cannot be read. */
export class Damaged extends Schema.TaggedError<Damaged>()("Damaged", { message: Schema.String }) {}

/** The question itself is wrong. */
export class BadQuestion extends Schema.TaggedError<BadQuestion>()("BadQuestion", { message: Schema.String }) {}

/** Statuses by the tags of errors; all others are mistakes of ours. */
const statuses: Readonly<Record<string, number>> = {
  NotThere: 404,
  BadQuestion: 400,
  QueryError: 400,
  FilterError: 400,
  UnknownStage: 404,
  Damaged: 410,
  ObjectDamaged: 410,
  DataFileError: 410,
}

/** Answers with JSON what an effect gives, and with an `ApiError` what it fails with. */
export const answering = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<HttpServerResponse.HttpServerResponse, never, R> =>
  responding(Effect.map(effect, json))

/** The same, of an effect that gives a response. */
export const responding = <E, R>(
  effect: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, R> =>
  effect.pipe(
    Effect.catch((error) => Effect.succeed(failure(error))),
    // Standard output is for the address, which a program may read.
    Effect.catchDefect((defect) =>
      Effect.as(Effect.provideService(Effect.logError(defect), References.LogToStderr, true), failure(defect)),
    ),
  )

/**
 * Answers with the bytes of a stream once it has begun: what fails before is answered with an
 * `ApiError`; what fails later cuts the connection, which a client can tell from an end.
 */
export const streaming = <E>(stream: Stream.Stream<Uint8Array, E>, options: Parameters<typeof HttpServerResponse.stream>[1]) =>
  Effect.gen(function* () {
    const pull = yield* Stream.toPull(stream)
    const first = yield* Pull.catchDone(pull, () => Effect.succeed([]))
    const rest = Stream.fromPull(Effect.succeed(pull))
    return HttpServerResponse.stream(Stream.concat(Stream.fromIterable<Uint8Array>(first), rest), options)
  })

const json = (value: unknown): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(value, { headers: { "cache-control": "no-store" } })

const failure = (error: unknown): HttpServerResponse.HttpServerResponse => {
  const {
    _tag: tag = "Defect",
    message = String(error),
    reason,
  } = error as Readonly<Partial<Record<"_tag" | "message" | "reason", string>>>
  const body: ApiError = { error: tag, message }
  // Others have the processes: the same question is answered later.
  const status = tag === "QueryError" && reason === "busy" ? 503 : (statuses[tag] ?? 500)
  return HttpServerResponse.jsonUnsafe(body, { status, headers: { "cache-control": "no-store" } })
}
