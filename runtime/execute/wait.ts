import { staleAfterSeconds } from "../store/workspace/clock.ts"
import type { Holder } from "../store/workspace/lease.ts"

/** Seconds of waiting for another process before the first remark, and between two remarks. */
const silentSeconds = 5
const repeatSeconds = 60

/** Notes how long stages wait for keys that other processes compute. */
export interface Waits {
  /**
   * What to say now of a key that is held; null if nothing. `nowMs` is by a clock that is never set
   * back.
   */
  readonly remark: (key: string, holder: Holder | null, nowMs: number) => string | null
  readonly end: (key: string) => void
}

interface Wait {
  readonly holder: string
  readonly since: number
  said: number
}

export const waits = (): Waits => {
  const known = new Map<string, Wait>()
  return {
    remark: (key, holder, nowMs) => {
      const name = JSON.stringify(holder)
      const before = known.get(key)
      const wait = before?.holder === name ? before : { holder: name, since: nowMs, said: Number.NEGATIVE_INFINITY }
      known.set(key, wait)
      const seconds = (nowMs - wait.since) / 1000
      if (seconds < silentSeconds || (nowMs - wait.said) / 1000 < repeatSeconds) return null
      wait.said = nowMs
      return `waiting for ${holderName(holder)}, for ${Math.floor(seconds)} seconds by now; if it gives no sign of life for ${staleAfterSeconds} seconds, this run takes over`
    },
    end: (key) => known.delete(key),
  }
}

const holderName = (holder: Holder | null): string =>
  holder === null
    ? "another process, which computes the same key"
    : `process ${holder.pid} on ${holder.host}, which computes the same key${holder.since === undefined ? "" : ` since ${holder.since}`}`
