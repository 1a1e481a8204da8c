import { Data, Effect, Schedule } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { excerpt } from "./not-answered.ts"
import { Pacing } from "./pacing.ts"
import type { HttpAnswer } from "./post.ts"
import { retryAfterMs } from "./retry-after.ts"
import type { Redaction } from "./secrets.ts"

/** One attempt to have an answer that failed. Its text holds no secrets. */
export class AttemptFailed extends Data.TaggedError("AttemptFailed")<{
  /**
   * `busy`: the server works, and wants to be asked later. `passing`: it may answer the next time.
   * `final`: it would say the same again.
   */
  readonly kind: "busy" | "passing" | "final"
  readonly status: number | null
  /** What happened, such as `it answered 400: "…"`. */
  readonly reason: string
  /** Milliseconds that the server wants us to wait; null if it does not say. */
  readonly retryAfterMs: number | null
}> {}

/** Statuses that pass: the server has not begun, is too slow, or has too much to do. */
const passing = new Set([408, 425, 429])

/** Characters of a refusal that are told. */
const toldCharacters = 300

/** What a server answered, as JSON. */
export const readAnswer = ({ status, headers, text }: HttpAnswer, redact: Redaction, nowMs: number): Effect.Effect<Json, AttemptFailed> => {
  if (status >= 200 && status < 300) {
    const value = parse(text)
    return value === undefined
      ? Effect.fail(
          new AttemptFailed({
            kind: "passing",
            status,
            reason: `it answered ${status} with what is not JSON: ${told(text, redact)}`,
            retryAfterMs: null,
          }),
        )
      : Effect.succeed(redact.json(value))
  }
  const after = retryAfterMs(headers, nowMs)
  const isBusy = status === 429 || (status === 503 && after !== null)
  return Effect.fail(
    new AttemptFailed({
      kind: isBusy ? "busy" : passing.has(status) || status >= 500 ? "passing" : "final",
      status,
      reason: `it answered ${status}: ${told(text, redact)}`,
      retryAfterMs: isBusy ? after : null,
    }),
  )
}

/** What the system says where it does not trust a certificate, or TLS is not spoken. */
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|EPROTO/

export const lostConnection = (error: Error, redact: Redaction): AttemptFailed => {
  const { code = "", message } = error as NodeJS.ErrnoException
  // Of a name with several addresses, the error that sums them up has no text.
  const reason = redact.text(message !== "" ? message : code !== "" ? code : "the connection failed")
  return new AttemptFailed({ kind: untrusted.test(code) ? "final" : "passing", status: null, reason, retryAfterMs: null })
}

export const timedOut = (seconds: number): AttemptFailed =>
  new AttemptFailed({ kind: "passing", status: null, reason: `it did not answer within ${seconds} seconds`, retryAfterMs: null })

/** Waits twice as long each time, by chance a little more or less than others do. */
export const backoff = Effect.map(Pacing, ({ firstPauseMs, longestPauseMs }) =>
  Schedule.min([Schedule.exponential(firstPauseMs), Schedule.spaced(longestPauseMs)]).pipe(
    Schedule.jittered,
    Schedule.setInputType<AttemptFailed>(),
    // Where the server says how long, the gate waits.
    Schedule.modifyDelay(({ duration, input }) => Effect.succeed(input.retryAfterMs === null ? duration : 0)),
  ),
)

const told = (text: string, redact: Redaction): string => {
  // A secret is removed before it can be cut in two.
  const words = excerpt(redact.text(text), toldCharacters)
  return words === "" ? "an empty text" : `"${words}"`
}

const parse = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
