import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { answer, type LocalServer } from "./local-server.ts"

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
export const randomFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

/** What has gone wrong, and which requests were paid for, how often. */
export interface Failures {
  count: number
  restarts: number
  /** Answers that were paid for and whose connection was lost. */
  cutOff: number
  readonly paid: Map<string, number>
  /**
   * Answers a request, called `name`, or fails in one of many ways: by an error, a stall, a
   * connection that breaks, a restart of the server.
   */
  readonly handle: (server: () => LocalServer, name: string, value: unknown, response: ServerResponse, socket: Socket) => void
}

/** A hundred failures, then none. */
export const randomFailures = (seed: number): Failures => {
  const random = randomFrom(seed)
  let isDown = false
  const failures: Failures = {
    count: 0,
    restarts: 0,
    cutOff: 0,
    paid: new Map(),
    handle: (server, name, value, response, socket) => {
      if (failures.count < 100 && random() < 0.2) {
        failures.count += 1
        return fail(Math.floor(random() * 8), server, response, socket)
      }
      setTimeout(() => {
        failures.paid.set(name, (failures.paid.get(name) ?? 0) + 1)
        if (response.destroyed) failures.cutOff += 1
        else answer(response, value)
      }, random() * 3)
    },
  }
  const fail = (kind: number, server: () => LocalServer, response: ServerResponse, socket: Socket): void => {
    if (kind === 0) answer(response, "error", 500)
    else if (kind === 1) answer(response, "busy", 429, { "retry-after": "0.01" })
    else if (kind === 2) answer(response, "starting", 503)
    else if (kind === 3) socket.resetAndDestroy()
    else if (kind === 4) response.writeHead(200).end("<html>")
    else if (kind === 5) {
      response.writeHead(200, { "content-length": 50 }).write('{"score"')
      setTimeout(() => socket.destroy(), 2)
    } else if (kind === 6) {
      if (isDown) return void socket.destroy()
      // All on their way are lost.
      failures.restarts += 1
      isDown = true
      void server()
        .stop()
        .then(() =>
          setTimeout(
            () =>
              void server()
                .start()
                .then(() => (isDown = false)),
            5,
          ),
        )
    } // Else a stall, which the time limit ends.
  }
  return failures
}
