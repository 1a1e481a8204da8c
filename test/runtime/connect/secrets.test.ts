import { Effect, Logger, Tracer } from "effect"
import { afterEach, expect, test, vi } from "vitest"
import { server } from "../../../dsl/connection.ts"
import { redaction } from "../../../runtime/connect/secrets.ts"
import { answersOf, ask, asking, connections, failureOf, scoreRequests } from "./ask.ts"
import { answer, localServer } from "./local-server.ts"

const secret = 'tk-"0123456789'
const key = "ключ-0123456789"

afterEach(() => vi.unstubAllEnvs())

test("tokens and headers are read from the environment when the server is asked", async () => {
  await using local = await localServer(({ headers }, response) =>
    answer(response, [headers.authorization, headers["x-key"], headers["x-plain"]]),
  )
  const connection = server({ url: "env:TEST_URL", token: "env:TEST_TOKEN", headers: { "X-Key": "env:TEST_KEY", "X-Plain": "plain" } })
  vi.stubEnv("TEST_URL", `${local.url}/v1`)
  vi.stubEnv("TEST_TOKEN", "abc\n")
  vi.stubEnv("TEST_KEY", "def")
  expect(answersOf(await ask(connection, scoreRequests(1)))).toEqual([["Bearer abc", "def", "plain"]])
  expect(local.received[0]!.path).toBe("/v1/score")
})

test.each([
  ["", "is in the variable TEST_TOKEN, which is not set"],
  ["two\nlines", "is in the variable TEST_TOKEN, whose value has characters that HTTP cannot send"],
  [key, "is in the variable TEST_TOKEN, whose value has characters that HTTP cannot send"],
])("nothing is sent where a variable holds %j", async (value, problem) => {
  await using local = await localServer((_, response) => answer(response, 1))
  vi.stubEnv("TEST_TOKEN", value)
  const { message, details } = failureOf(await ask(server({ url: local.url, token: "env:TEST_TOKEN" }), scoreRequests(1)))
  expect(message).toContain(problem)
  if (value !== "") expect(message).not.toContain(value)
  expect(details.attempts).toBe(0)
  expect(local.received).toEqual([])
})

test.each(["nonsense, really", "ftp://host", "http://user:password@host", "http://host?key=secret"])(
  "a variable that holds %j is refused as a url, and not quoted",
  async (value) => {
    vi.stubEnv("TEST_URL", value)
    const { message } = failureOf(await ask(server({ url: "env:TEST_URL" }), scoreRequests(1)))
    expect(message).toContain("TEST_URL")
    expect(message).not.toContain(value)
  },
)

test("a secret that the server repeats is in no error, even where it would be cut in two", async () => {
  await using local = await localServer(({ headers, index }, response) => {
    const said = `${"x".repeat(290 + index)} ${headers.authorization} and ${encodeURIComponent(secret)}`
    answer(response, { said }, 400)
  })
  vi.stubEnv("TEST_TOKEN", secret)
  for (let index = 0; index < 12; index++) {
    const failure = failureOf(await ask(server({ url: local.url, token: "env:TEST_TOKEN" }), scoreRequests(1)))
    expect(JSON.stringify([failure, failure.message, failure.stack])).not.toMatch(/0123|tk-/)
  }
})

test("a secret that the server repeats is in no answer, since answers are stored", async () => {
  await using local = await localServer(({ headers }, response) =>
    answer(response, { echo: { [String(headers["x-key"])]: [headers.authorization, 1] }, text: "EMPTY" }),
  )
  vi.stubEnv("TEST_TOKEN", "EMPTY")
  vi.stubEnv("TEST_KEY", secret)
  const connection = server({ url: local.url, token: "env:TEST_TOKEN", headers: { "X-Key": "env:TEST_KEY" } })
  const asked = await ask(connection, scoreRequests(1))
  // Where a secret is a word that an answer may hold, an answer is not to change by it.
  expect(answersOf(asked)).toEqual([{ echo: { "[redacted]": ["Bearer EMPTY", 1] }, text: "EMPTY" }])
  expect([...asked.told.values()]).toEqual(answersOf(asked))
})

test("no secret is in a log or a span", async () => {
  await using local = await localServer((_, response) => answer(response, "no", 400))
  vi.stubEnv("TEST_TOKEN", secret)
  const seen: Array<unknown> = []
  const logger = Logger.make(({ message, cause }) => seen.push(message, String(cause)))
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      seen.push(span.name, span.attributes)
      return span
    },
  })
  const program = asking(server({ url: local.url, token: "env:TEST_TOKEN" }), scoreRequests(2)).pipe(
    Effect.tap(Effect.logInfo),
    Effect.withSpan("asking"),
    Effect.provide(connections()),
    Effect.provide(Logger.layer([logger])),
    Effect.withTracer(tracer),
  )
  await Effect.runPromise(program)
  const text = JSON.stringify(seen, (_, value) => (value instanceof Map ? [...value] : value))
  expect(text).toContain("asking")
  expect(text).not.toMatch(/0123|tk-/)
})

test("redaction finds a secret as JSON and URLs spell it, and its words", () => {
  const { text } = redaction(["Basic dXNlcjpwYXNz", 'a"b c'])
  expect(text(String.raw`Basic dXNlcjpwYXNz, dXNlcjpwYXNz, a"b c, a\"b c, a%22b%20c, Basic`)).toBe(
    "[redacted], [redacted], [redacted], [redacted], [redacted], Basic",
  )
  expect(redaction([]).text("unchanged")).toBe("unchanged")
})
