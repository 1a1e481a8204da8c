import { Clock, Effect, Semaphore } from "effect"
import { canonicalJson, type Json } from "../../dsl/canonical.ts"
import { type ConnectionRequest, type Server, variableOf } from "../../dsl/connection.ts"
import { type Access, addressOf, readAccess } from "./access.ts"
import { type AttemptFailed, backoff, lostConnection, readAnswer, timedOut } from "./attempt.ts"
import { openGate } from "./gate.ts"
import { type Answered, NotAnswered } from "./not-answered.ts"
import { Pacing } from "./pacing.ts"
import { forEachPaid, type Paid } from "./paid-once.ts"
import type { Sender } from "./post.ts"

/**
 * Asks one server or program, for all stages of this process: one answer for each request, in their
 * order. `answered` is called with each as soon as it is there. Where one cannot be had, no more is
 * asked, but what is on its way is waited for and told to `answered` too, before it fails.
 * Interrupting it gives up what is on its way.
 */
export type Ask = (requests: ReadonlyArray<ConnectionRequest>, answered: Answered) => Effect.Effect<ReadonlyArray<Json>, NotAnswered>

/** What the requests to a server share: how many are on their way, per minute, and its pauses. */
export const openServer = (server: Server, { post }: Pick<Sender, "post">): Ask => {
  const permits = Semaphore.makeUnsafe(server.concurrency)
  const gate = openGate(server.perMinute)
  /** How many requests it has answered, of all stages. */
  let answers = 0

  const attempt = Effect.fnUntraced(function* (access: Access, url: URL, body: string) {
    const answer = yield* post({ url, headers: access.headers, body }).pipe(
      Effect.mapError((error) => lostConnection(error, access.redact)),
      Effect.timeoutOrElse({
        duration: server.timeoutSeconds * 1000,
        orElse: () => Effect.fail(timedOut(server.timeoutSeconds)),
      }),
    )
    return yield* readAnswer(answer, access.redact, yield* Clock.currentTimeMillis)
  })

  const askOne = Effect.fnUntraced(function* (request: ConnectionRequest, access: Access, paid: Paid, answered: (answer: Json) => void) {
    if (!("path" in request)) return yield* misplaced(server)
    const url = addressOf(access.base, request.path)
    const body = canonicalJson(request.body)
    const { longestAskedMs } = yield* Pacing
    let attempts = 0
    let failures = 0
    /** How often in succession it was busy without answering any other request either. */
    let refusals = 0
    let answersSeen = answers
    const once = Effect.gen(function* () {
      yield* gate.pass
      attempts += 1
      yield* paid(
        attempt(access, url, body).pipe(
          Effect.tap((answer) =>
            Effect.sync(() => {
              answers += 1
              answered(answer)
            }),
          ),
          Effect.tapError((failure) => {
            if (failure.kind !== "busy") failures += 1
            // A server that is busy with our other requests does answer, in its own time.
            else refusals = answers === answersSeen ? refusals + 1 : 0
            answersSeen = answers
            return failure.retryAfterMs === null ? Effect.void : gate.pause(Math.min(failure.retryAfterMs, longestAskedMs))
          }),
        ),
      )
    })
    yield* Semaphore.withPermit(permits, once).pipe(
      Effect.retry({ schedule: yield* backoff, while: ({ kind }) => kind !== "final" && Math.max(failures, refusals) <= server.retries }),
      Effect.mapError((failure) => notAnswered(server, url, failure, attempts)),
    )
  })

  return Effect.fnUntraced(function* (requests, answered) {
    const access = yield* readAccess(server)
    const all: Array<Json> = new Array(requests.length)
    yield* forEachPaid(requests, server.concurrency, (request, index, paid) =>
      askOne(request, access, paid, (answer) => {
        all[index] = answer
        answered(index, answer)
      }),
    )
    return all
  })
}

const notAnswered = (server: Server, url: URL, { kind, status, reason }: AttemptFailed, attempts: number): NotAnswered => {
  const asked = attempts === 1 ? "" : `; it was asked ${attempts} times`
  return new NotAnswered({
    message: `server ${url.host} has not answered POST ${url.pathname}: ${reason}${asked}. ${adviceFor(server, kind, status)}`,
    details: { host: url.host, path: url.pathname, ...(status === null ? {} : { status }), attempts },
  })
}

const adviceFor = ({ url, token }: Server, kind: AttemptFailed["kind"], status: number | null): string => {
  if (kind !== "final")
    return "Run again when it answers: what it has answered is kept. To wait longer, declare more `retries` or `timeoutSeconds`"
  if (status === 401 || status === 403)
    return token === null ? 'Declare a token: server({ token: "env:NAME" })' : `Check the token in ${variableOf(token)}`
  if (status === 404 || status === 405) return `Check its url (${url}), and the path and the model that are asked for`
  if (status === null) return "Correct its url, or name the authority that signs its certificate in NODE_EXTRA_CA_CERTS"
  if (status < 400) return "Give the url that it redirects to"
  return "It would refuse the request again: correct the parameters that it is made of"
}

const misplaced = ({ url }: Server): NotAnswered =>
  new NotAnswered({
    message: `server ${url} is asked by { path, body }, got { input }, which is for programs`,
    details: { server: url, attempts: 0 },
  })
