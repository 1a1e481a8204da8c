import { Clock, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { expect, test } from "vitest"
import { server } from "../../../dsl/connection.ts"
import { openGate } from "../../../runtime/connect/gate.ts"
import { retryAfterMs } from "../../../runtime/connect/retry-after.ts"
import { answersOf, ask, asking, connections, failureOf, scoreRequests } from "./ask.ts"
import { answer, localServer } from "./local-server.ts"

test("no more requests are on their way than `concurrency`, of all stages together", async () => {
  await using local = await localServer(({ body }, response) => {
    setTimeout(() => answer(response, body.text), 3)
  })
  const connection = server({ url: local.url, concurrency: 3 })
  const stages = [0, 1, 2].map(() => asking(connection, scoreRequests(30)))
  const asked = await Effect.runPromise(Effect.provide(Effect.all(stages, { concurrency: "unbounded" }), connections()))
  for (const one of asked) expect(answersOf(one)).toEqual(scoreRequests(30).map((_, index) => `text ${index}`))
  expect(local.received).toHaveLength(90)
  expect(local.mostAtOnce()).toBe(3)
})

test("no span of a minute has more requests than `perMinute`", async () => {
  const seconds = await Effect.runPromise(
    Effect.gen(function* () {
      const { pass } = openGate(5)
      const at: Array<number> = []
      const one = Effect.andThen(
        pass,
        Effect.map(Clock.currentTimeMillis, (now) => at.push(now / 1000)),
      )
      const late = Effect.delay(Effect.replicateEffect(one, 3), "50 seconds")
      const fiber = yield* Effect.forkChild(
        Effect.all([Effect.replicateEffect(one, 3), late, Effect.delay(Effect.replicateEffect(one, 7), "70 seconds")], {
          concurrency: "unbounded",
        }),
      )
      yield* TestClock.adjust("1 hour")
      yield* Fiber.join(fiber)
      return at
    }).pipe(Effect.provide(TestClock.layer())),
  )
  expect(seconds).toEqual([0, 0, 0, 50, 50, 60, 70, 70, 110, 110, 120, 130, 130])
})

test("requests to a server keep to `perMinute`", async () => {
  await using local = await localServer((_, response) => answer(response, 1))
  const start = performance.now()
  answersOf(await ask(server({ url: local.url, perMinute: 5 }), scoreRequests(18), { minuteMs: 100 }))
  expect(performance.now() - start).toBeGreaterThan(299)
  expect(local.received).toHaveLength(18)
})

test.each([429, 503])("`Retry-After` of a %i pauses all requests to the server", async (status) => {
  const at: Array<number> = []
  await using local = await localServer(({ body, index }, response) => {
    at.push(performance.now())
    if (index === 0) answer(response, "later", status, { "retry-after": "0.3" })
    else answer(response, body.text)
  })
  const asked = await ask(server({ url: local.url, concurrency: 1 }), scoreRequests(3))
  expect(answersOf(asked)).toEqual(["text 0", "text 1", "text 2"])
  expect(at).toHaveLength(4)
  expect(at[1]! - at[0]!).toBeGreaterThan(290)
  expect(at[3]! - at[0]!).toBeLessThan(600)
})

test("requests of other stages wait for the pause too", async () => {
  let pausedAt = 0
  const at: Array<number> = []
  await using local = await localServer(({ index }, response) => {
    if (index === 0) {
      pausedAt = performance.now()
      return answer(response, "later", 429, { "retry-after": "0.2" })
    }
    at.push(performance.now() - pausedAt)
    answer(response, index)
  })
  const connection = server({ url: local.url })
  const late = Effect.delay(asking(connection, scoreRequests(4)), 50)
  await Effect.runPromise(
    Effect.provide(Effect.all([asking(connection, scoreRequests(1)), late], { concurrency: "unbounded" }), connections()),
  )
  expect(at).toHaveLength(5)
  expect(Math.min(...at)).toBeGreaterThan(190)
})

test("a pause is no longer than the longest that a server may ask for", async () => {
  await using local = await localServer(({ index }, response) =>
    index === 0 ? answer(response, "later", 429, { "retry-after": "3600" }) : answer(response, "now"),
  )
  expect(answersOf(await ask(server({ url: local.url }), scoreRequests(1), { longestAskedMs: 50 }))).toEqual(["now"])
})

test("a server that is busy with other requests does not use up the retries of one", async () => {
  const turns = new Map<unknown, number>()
  let freeAt = 0
  // It answers one request in 6 ms, and refuses all others.
  await using local = await localServer(({ body }, response) => {
    turns.set(body.text, (turns.get(body.text) ?? 0) + 1)
    const now = performance.now()
    if (now < freeAt) return answer(response, "busy", 429)
    freeAt = now + 6
    answer(response, body.text)
  })
  const asked = await ask(server({ url: local.url, concurrency: 8, retries: 3 }), scoreRequests(60), { longestPauseMs: 4 })
  expect(answersOf(asked)).toHaveLength(60)
  expect(Math.max(...turns.values())).toBeGreaterThan(3)
})

test("a server that is busy with nothing uses them up", async () => {
  await using local = await localServer((_, response) => answer(response, "quota exceeded", 429, { "retry-after": "0" }))
  const { message, details } = failureOf(await ask(server({ url: local.url, retries: 4 }), scoreRequests(1)))
  expect(message).toContain("it answered 429")
  expect(details.attempts).toBe(5)
})

test("`Retry-After` is read as seconds, and as a date by the server's clock", () => {
  const now = Date.parse("2026-01-01T00:00:00Z")
  expect(retryAfterMs({ "retry-after": "7" }, now)).toBe(7000)
  expect(retryAfterMs({ "retry-after": "0.5" }, now)).toBe(500)
  expect(retryAfterMs({ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }, now)).toBe(30_000)
  const date = "Thu, 01 Jan 2026 08:00:00 GMT"
  expect(retryAfterMs({ "retry-after": "Thu, 01 Jan 2026 08:00:05 GMT", date }, now)).toBe(5000)
  expect(retryAfterMs({ "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" }, now)).toBe(0)
  for (const nothing of [{}, { "retry-after": "" }, { "retry-after": "soon" }, { "retry-after": "-3" }])
    expect(retryAfterMs(nothing, now)).toBe(null)
})
