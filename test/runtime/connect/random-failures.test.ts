import { expect, test } from "vitest"
import { server } from "../../../dsl/connection.ts"
import { answersOf, ask, scoreRequests } from "./ask.ts"
import { type LocalServer, localServer } from "./local-server.ts"
import { randomFailures } from "./random-failures.ts"

test.each([1, 2, 3])("100 failures change no answer, and nothing is paid for twice that was not on its way, seed %i", async (seed) => {
  const concurrency = 8
  const failures = randomFailures(seed)
  await using local: LocalServer & AsyncDisposable = await localServer(({ body }, response, socket) => {
    const text = String(body.text)
    failures.handle(() => local, text, { score: text.length, of: text }, response, socket)
  })
  const requests = scoreRequests(600)
  const undisturbed = requests.map((_, index) => ({ score: `text ${index}`.length, of: `text ${index}` }))
  const asked = await ask(server({ url: local.url, concurrency, timeoutSeconds: 0.3, retries: 12 }), requests)
  expect(answersOf(asked)).toEqual(undisturbed)
  expect([...asked.told].toSorted(([a], [b]) => a - b).map(([, told]) => told)).toEqual(undisturbed)
  expect(failures.count).toBe(100)
  expect(failures.restarts).toBeGreaterThan(1)
  const repaid = [...failures.paid.values()].reduce((sum, times) => sum + times - 1, 0)
  expect(repaid).toBe(failures.cutOff)
  expect(failures.cutOff).toBeLessThanOrEqual(failures.restarts * concurrency)
  expect(local.mostAtOnce()).toBeLessThanOrEqual(concurrency)
})
