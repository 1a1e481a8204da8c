import { Clock, Effect } from "effect"
import { Pacing } from "./pacing.ts"

/** Lets requests to a server through, one by one. */
export interface Gate {
  /**
   * Waits while the server wants a pause, and until less than `perMinute` requests were sent in the
   * last minute. It counts every minute, not that of a clock or the mean of several: a bucket of
   * tokens would let through twice as many in the first one.
   */
  readonly pass: Effect.Effect<void>
  /** No request passes for so long. */
  readonly pause: (milliseconds: number) => Effect.Effect<void>
}

export const openGate = (perMinute: number | null): Gate => {
  /** When the last requests passed, the oldest first; as many as a minute may have. */
  const passed: Array<number> = []
  let pausedUntil = 0
  const pass = Effect.gen(function* () {
    const { minuteMs } = yield* Pacing
    while (true) {
      const now = yield* Clock.currentTimeMillis
      const free = passed.length === perMinute ? (passed[0] as number) + minuteMs : 0
      const waitMs = Math.max(pausedUntil, free) - now
      if (waitMs > 0) {
        yield* Effect.sleep(waitMs)
        continue
      }
      if (perMinute === null) return
      if (passed.length === perMinute) passed.shift()
      passed.push(now)
      return
    }
  })
  return {
    pass,
    pause: (milliseconds) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        pausedUntil = Math.max(pausedUntil, now + milliseconds)
      }),
  }
}
