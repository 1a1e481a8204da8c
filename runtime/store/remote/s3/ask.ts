import { Effect } from "effect"
import { type Remote, RemoteFailure } from "../objects/failure.ts"
import { patiently } from "../objects/patience.ts"
import type { S3Access } from "./access.ts"
import { bodyOf, headerOf, refusal, unreachable } from "./answer.ts"
import { type Answer, type S3Request, sender } from "./request.ts"
import { textIn } from "./xml.ts"

interface Expected {
  /** The statuses besides those of success that the caller wants to see. */
  readonly accepted?: ReadonlyArray<number>
}

/** A bucket that answers, or says why not: everything that may heal is asked again. */
export interface Bucket {
  readonly store: string
  readonly prefix: string
  /** The key of a name in the store. */
  readonly keyOf: (name: string) => string
  readonly ask: (request: S3Request, expected?: Expected) => Remote<{ readonly answer: Answer; readonly body: Buffer }>
  /** The same, with a body that is still to be read. */
  readonly open: (request: S3Request, expected?: Expected) => Remote<Answer>
  /** The server's clock, in milliseconds since 1970. */
  readonly clock: Remote<number>
}

/** Milliseconds for which a look at the server's clock is good. */
const clockMs = 60_000

export const asking = (location: { readonly bucket: string; readonly prefix: string; readonly access: S3Access }): Bucket => {
  const { bucket, access } = location
  const prefix = location.prefix === "" ? "" : `${location.prefix}/`
  const store = `s3://${[bucket, location.prefix].filter((part) => part !== "").join("/")}`
  const send = sender(access, bucket)
  let seen: { readonly aheadMs: number; readonly at: number } | null = null

  const once = Effect.fnUntraced(function* (request: S3Request, { accepted = [] }: Expected) {
    const answer = yield* Effect.mapError(send(request), (error) => unreachable(store, error))
    const date = Date.parse(headerOf(answer, "date"))
    if (!Number.isNaN(date)) seen = { aheadMs: date - Date.now(), at: performance.now() }
    const status = answer.statusCode ?? 0
    if (status >= 200 && status < 300) return answer
    if (accepted.includes(status) && request.method === "HEAD") return answer
    const body = yield* Effect.mapError(bodyOf(answer), (error) => unreachable(store, error))
    if (accepted.includes(status) && (status !== 404 || isOfObject(textIn(body.toString(), "Code"))))
      return Object.assign(answer, { refused: body })
    return yield* refusal(store, answer, body.toString())
  })

  const ask: Bucket["ask"] = (request, expected = {}) =>
    patiently(
      Effect.gen(function* () {
        const answer = yield* once(request, expected)
        if ("refused" in answer) return { answer, body: answer.refused as Buffer }
        return { answer, body: yield* Effect.mapError(bodyOf(answer), (error) => unreachable(store, error)) }
      }),
    )
  const clock = Effect.gen(function* () {
    if (seen === null || performance.now() - seen.at > clockMs)
      yield* ask({ method: "GET", key: "", query: { "list-type": "2", "max-keys": "1", prefix } })
    if (seen !== null) return Date.now() + seen.aheadMs
    return yield* new RemoteFailure({ kind: "refused", store, reason: "the server does not say its time", retryAfterSeconds: null })
  })
  return { store, prefix, keyOf: (name) => prefix + name, ask, open: (request, expected = {}) => patiently(once(request, expected)), clock }
}

/** Whether it is an object that was not found: buckets and keys of users may be missing as well. */
const isOfObject = (code: string): boolean => ["", "NoSuchKey", "NoSuchUpload", "NoSuchVersion", "NotFound"].includes(code)
