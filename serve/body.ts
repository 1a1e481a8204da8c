/** The JSON that a question is asked with. */

import { ByteSize, Effect, Schema } from "effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import { BadQuestion } from "./answer.ts"

/** Bytes that a question may have. */
const mostBytes = 4 * 2 ** 20

const tooLarge = `the body is too large: a question has ${mostBytes / 2 ** 20} MiB at most`

const isTooLarge = (reason: { readonly _tag: string; readonly reason?: unknown }): boolean =>
  reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"

/** The body of a request, checked. Only JSON is read: a form of another page cannot send that. */
export const bodyOf = <A, I>(schema: Schema.Codec<A, I>) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    if (!(request.headers["content-type"] ?? "").startsWith("application/json"))
      return yield* new BadQuestion({ message: "the body is not said to be JSON: send it with content-type: application/json" })
    const body = yield* request.json.pipe(
      Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.fromInputUnsafe(mostBytes)),
      Effect.mapError(({ reason }) => new BadQuestion({ message: isTooLarge(reason) ? tooLarge : "the body is not JSON" })),
    )
    return yield* Schema.decodeUnknownEffect(schema)(body).pipe(
      Effect.mapError((error) => new BadQuestion({ message: `the question is not understood: ${error.message}` })),
    )
  })
