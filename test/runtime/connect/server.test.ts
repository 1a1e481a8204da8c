import { Effect, Fiber } from "effect"
import { expect, test } from "vitest"
import { server } from "../../../dsl/connection.ts"
import { answersOf, ask, asking, connections, failureOf, scoreRequests } from "./ask.ts"
import { answer, localServer } from "./local-server.ts"

test("answers come in the order of the requests, whatever order they arrive in", async () => {
  await using local = await localServer(({ body, index }, response) => {
    setTimeout(() => answer(response, { of: body.text }), index % 2 === 0 ? 30 : 0)
  })
  const asked = await ask(server({ url: `${local.url}/v1` }), scoreRequests(20))
  expect(answersOf(asked)).toEqual(scoreRequests(20).map((_, index) => ({ of: `text ${index}` })))
  expect([...asked.told].toSorted(([a], [b]) => a - b).map(([, told]) => told)).toEqual(answersOf(asked))
  expect(new Set(local.received.map(({ path }) => path))).toEqual(new Set(["/v1/score"]))
})

test("a path may have a query, and need not begin with a slash", async () => {
  await using local = await localServer(({ path }, response) => answer(response, path))
  const paths = ["score", "/score?version=2", ""]
  const asked = await ask(
    server({ url: `${local.url}/v1/` }),
    paths.map((path) => ({ path, body: {} })),
  )
  expect(answersOf(asked)).toEqual(["/v1/score", "/v1/score?version=2", "/v1"])
})

test("no request is sent where there is none", async () => {
  expect(answersOf(await ask(server({ url: "http://127.0.0.1:1" }), []))).toEqual([])
})

test.each([408, 425, 429, 500, 502, 503, 504])("a request that is answered %i is repeated", async (status) => {
  await using local = await localServer(({ index }, response) => answer(response, { index }, index < 2 ? status : 200))
  expect(answersOf(await ask(server({ url: local.url }), scoreRequests(1)))).toEqual([{ index: 2 }])
})

test.each([400, 401, 403, 404, 405, 422, 301, 307])("a request that is answered %i is not repeated", async (status) => {
  await using local = await localServer((_, response) => answer(response, { error: "the model was not found" }, status, { location: "/" }))
  const failure = failureOf(await ask(server({ url: local.url }), scoreRequests(1)))
  expect(failure.message).toContain(`it answered ${status}: "{"error":"the model was not found"}"`)
  expect(failure.details).toEqual({ host: new URL(local.url).host, path: "/score", status, attempts: 1 })
  expect(local.received).toHaveLength(1)
})

test("a refusal is told by its first 300 characters", async () => {
  await using local = await localServer((_, response) => answer(response, "x".repeat(5000), 400))
  const { message } = failureOf(await ask(server({ url: local.url }), scoreRequests(1)))
  expect(message).toContain(`"${"x".repeat(299)}…`)
  expect(message.length).toBeLessThan(600)
})

test("a request is repeated as often as declared, and the error says how often", async () => {
  await using local = await localServer((_, response) => answer(response, { error: "out of memory" }, 500))
  const { message, details } = failureOf(await ask(server({ url: local.url, retries: 3 }), scoreRequests(1)))
  expect(message).toMatch(
    /has not answered POST \/score: it answered 500: .*out of memory.*; it was asked 4 times\. Run again when it answers/,
  )
  expect(details).toMatchObject({ status: 500, attempts: 4 })
  expect(local.received).toHaveLength(4)
})

test("a body that ends too early, or is not JSON, or is empty, is asked for again", async () => {
  await using local = await localServer(({ index }, response, socket) => {
    if (index === 0) {
      response.writeHead(200, { "content-length": 100 }).write('{"half":')
      setTimeout(() => socket.destroy(), 5)
    } else if (index === 1) response.writeHead(200).end("<html>proxy</html>")
    else if (index === 2) response.writeHead(200).end()
    else if (index === 3) response.writeHead(200).end('[{"score": NaN}]')
    else answer(response, "whole")
  })
  expect(answersOf(await ask(server({ url: local.url }), scoreRequests(1)))).toEqual(["whole"])
  expect(local.received).toHaveLength(5)
})

test("the error says what a body was that is not JSON, and where one ended too early", async () => {
  await using local = await localServer(({ body }, response, socket) => {
    if (body.text === "text 0") return void response.writeHead(200).end("<html>proxy</html>")
    response.writeHead(200, { "content-length": 100 }).write('{"half":')
    setTimeout(() => socket.destroy(), 5)
  })
  const [html, half] = scoreRequests(2)
  const connection = server({ url: local.url, retries: 0 })
  expect(failureOf(await ask(connection, [html!])).message).toContain('it answered 200 with what is not JSON: "<html>proxy</html>"')
  expect(failureOf(await ask(connection, [half!])).message).toContain("ended in the middle of the answer, after 8 bytes")
})

test("a connection that is reset or refused is tried again", async () => {
  await using local = await localServer(({ index }, response, socket) => {
    if (index < 3) socket.resetAndDestroy()
    else answer(response, "whole")
  })
  expect(answersOf(await ask(server({ url: local.url }), scoreRequests(1)))).toEqual(["whole"])
  await local.stop()
  const { message, details } = failureOf(await ask(server({ url: local.url, retries: 1 }), scoreRequests(1)))
  expect(message).toContain("ECONNREFUSED")
  expect(details).toEqual({ host: new URL(local.url).host, path: "/score", attempts: 2 })
})

test("a server that does not speak TLS where it should is not asked again", async () => {
  await using local = await localServer((_, response) => answer(response, 1))
  const { message, details } = failureOf(await ask(server({ url: local.url.replace("http", "https") }), scoreRequests(1)))
  expect(message).toContain("Correct its url, or name the authority")
  expect(details.attempts).toBe(1)
})

test("a server that is too slow is asked again, and its connection closed", async () => {
  await using local = await localServer(({ index }, response) => {
    if (index > 0) answer(response, "in time")
  })
  const connection = server({ url: local.url, timeoutSeconds: 0.05 })
  expect(answersOf(await ask(connection, scoreRequests(1)))).toEqual(["in time"])
  expect(local.aborted()).toBe(1)
})

test("the time limit holds for the body too", async () => {
  await using local = await localServer((_, response) => void response.writeHead(200).write('{"half":'))
  const { message } = failureOf(await ask(server({ url: local.url, timeoutSeconds: 0.05, retries: 0 }), scoreRequests(1)))
  expect(message).toContain("it did not answer within 0.05 seconds")
})

test("where one request fails for good, those on their way are told and no more are sent", async () => {
  await using local = await localServer(({ body }, response) => {
    if (body.text === "text 2") answer(response, "no", 400)
    else setTimeout(() => answer(response, body.text), 60)
  })
  const asked = await ask(server({ url: local.url, concurrency: 4 }), scoreRequests(50))
  expect(failureOf(asked).details.status).toBe(400)
  expect([...asked.told.values()].toSorted()).toEqual(["text 0", "text 1", "text 3"])
  expect(local.received).toHaveLength(4)
})

test("where one request fails for good, those that wait to be repeated are not waited for", async () => {
  await using local = await localServer(({ body }, response) => {
    if (body.text === "text 0") answer(response, "later", 429, { "retry-after": "9" })
    else setTimeout(() => answer(response, "no", 400), 30)
  })
  const start = performance.now()
  const asked = await ask(server({ url: local.url }), scoreRequests(2))
  expect(failureOf(asked).details.status).toBe(400)
  expect(performance.now() - start).toBeLessThan(3000)
})

test("interrupting closes the connections of requests on their way", async () => {
  let arrive = (): void => {}
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  await using local = await localServer(({ index }) => {
    if (index === 2) arrive()
  })
  const program = Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(asking(server({ url: local.url, concurrency: 3 }), scoreRequests(9)))
    yield* Effect.promise(() => arrived)
    yield* Fiber.interrupt(fiber)
  })
  await Effect.runPromise(Effect.provide(program, connections()))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(local.aborted()).toBe(3)
  expect(local.received).toHaveLength(3)
})

test("a server is not asked what is meant for a program", async () => {
  const { message } = failureOf(await ask(server({ url: "http://127.0.0.1:1" }), [{ input: "text" }]))
  expect(message).toContain("is asked by { path, body }, got { input }")
})
