import { Effect } from "effect"
import { type FailureKind, RemoteFailure } from "../objects/failure.ts"
import type { ObjectFacts } from "../objects/object-store.ts"
import { type Answer, asError } from "./request.ts"
import { textIn } from "./xml.ts"

/** All that an answer holds. Fails where the connection ends before it. */
export const bodyOf = (answer: Answer): Effect.Effect<Buffer, Error> =>
  Effect.tryPromise({
    try: async () => {
      const chunks: Array<Buffer> = []
      for await (const chunk of answer) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks)
    },
    catch: asError,
  })

export const headerOf = (answer: Answer, name: string): string => String(answer.headers[name] ?? "")

export const etagOf = (answer: Answer): string => unquoted(headerOf(answer, "etag"))

export const unquoted = (etag: string): string => etag.replace(/^(?:W\/)?"?|"$/g, "")

/** What the headers of an answer say of an object. */
export const factsOf = (name: string, answer: Answer): ObjectFacts => ({
  name,
  bytes: Number(/\/(\d+)$/.exec(headerOf(answer, "content-range"))?.[1] ?? headerOf(answer, "content-length")),
  etag: etagOf(answer),
  modified: Date.parse(headerOf(answer, "last-modified")),
})

/** What the connection came to. */
export const unreachable = (store: string, error: Error): RemoteFailure => {
  const { code, message } = error as NodeJS.ErrnoException
  const reason = message !== "" ? message : (code ?? "the connection failed")
  return new RemoteFailure({ kind: "unreachable", store, reason, retryAfterSeconds: null })
}

/**
 * What a refusal says, by S3's own code where there is one. Its text may be long: one line stays.
 */
export const refusal = (store: string, answer: Answer, body: string): RemoteFailure => {
  const status = answer.statusCode ?? 0
  const code = textIn(body, "Code")
  const said = textIn(body, "Message").split("\n")[0]?.slice(0, 200) ?? ""
  const words = [code, said].filter((part) => part !== "").join(": ")
  const after = Number(headerOf(answer, "retry-after"))
  return new RemoteFailure({
    kind: kindOf(status, code),
    store,
    reason: `the server answers ${status}${words === "" ? "" : ` (${words})`}`,
    retryAfterSeconds: headerOf(answer, "retry-after") !== "" && Number.isFinite(after) ? Math.min(Math.max(after, 0), mostSeconds) : null,
  })
}

/** Seconds for which a server may ask us to wait. */
const mostSeconds = 60

const byCode: Readonly<Record<string, FailureKind>> = {
  NoSuchBucket: "no bucket",
  InvalidAccessKeyId: "credentials",
  InvalidAccessKeyID: "credentials",
  SignatureDoesNotMatch: "credentials",
  AuthorizationHeaderMalformed: "credentials",
  // versitygw, of an unknown key.
  XAdminUserNotFound: "credentials",
  ExpiredToken: "credentials",
  InvalidToken: "credentials",
  TokenRefreshRequired: "credentials",
  RequestTimeTooSkewed: "clock",
  RequestExpired: "clock",
  PermanentRedirect: "no bucket",
  RequestTimeout: "unreachable",
  SlowDown: "unreachable",
  XAmzContentSHA256Mismatch: "unreachable",
  BadDigest: "unreachable",
  OperationAborted: "unreachable",
  ConditionalRequestConflict: "unreachable",
}

/**
 * Statuses that heal: too slow, too many, and a conflict with what others write at that moment,
 * which servers call by different codes.
 */
const passing = new Set([408, 409, 429])

const kindOf = (status: number, code: string): FailureKind => {
  const known = byCode[code]
  if (known !== undefined) return known
  if (status >= 500 || passing.has(status)) return status === 501 ? "refused" : "unreachable"
  if (status === 401) return "credentials"
  if (status === 403) return "forbidden"
  return status === 301 || status === 307 ? "no bucket" : "refused"
}
