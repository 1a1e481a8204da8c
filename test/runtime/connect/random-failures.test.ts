import { expect, test } from "vitest"
import { server } from "../../../dsl/connection.ts"
import { answersOf, ask, scoreRequests } from "./ask.ts"
import { answer, localServer } from "./local-server.ts"

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

test.each([1, 2, 3])("100 failures change no answer, and nothing is paid for twice that was not on its way, seed %i", async (seed) => {
  const random = randomFrom(seed)
  const concurrency = 8
  const paid = new Map<string, number>()
  let [failures, restarts, cutOff] = [0, 0, 0]
  await using local = await localServer(({ body }, response, socket) => {
    const text = String(body.text)
    if (failures < 100 && random() < 0.2) {
      failures += 1
      const kind = Math.floor(random() * 8)
      if (kind === 0) answer(response, "error", 500)
      else if (kind === 1) answer(response, "busy", 429, { "retry-after": "0.01" })
      else if (kind === 2) answer(response, "starting", 503)
      else if (kind === 3) socket.resetAndDestroy()
      else if (kind === 4) response.writeHead(200).end("<html>")
      else if (kind === 5) {
        response.writeHead(200, { "content-length": 50 }).write('{"score"')
        setTimeout(() => socket.destroy(), 2)
      } else if (kind === 6) {
        // All on their way are lost.
        restarts += 1
        void local.stop().then(() => setTimeout(() => void local.start(), 5))
      } // Else a stall, which the time limit ends.
      return
    }
    const pay = (): void => {
      paid.set(text, (paid.get(text) ?? 0) + 1)
      if (response.destroyed) cutOff += 1
      else answer(response, { score: text.length, of: text })
    }
    setTimeout(pay, random() * 3)
  })
  const requests = scoreRequests(600)
  const undisturbed = requests.map((_, index) => ({ score: `text ${index}`.length, of: `text ${index}` }))
  const connection = server({ url: local.url, concurrency, timeoutSeconds: 0.5, retries: 12 })
  const asked = await ask(connection, requests)
  expect(answersOf(asked)).toEqual(undisturbed)
  expect([...asked.told].toSorted(([a], [b]) => a - b).map(([, told]) => told)).toEqual(undisturbed)
  expect(failures).toBe(100)
  expect(restarts).toBeGreaterThan(1)
  const repaid = [...paid.values()].reduce((sum, times) => sum + times - 1, 0)
  expect(repaid).toBe(cutOff)
  expect(cutOff).toBeLessThanOrEqual(restarts * concurrency)
  expect(local.mostAtOnce()).toBeLessThanOrEqual(concurrency)
})
