import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Option, Schedule, Schema, type Scope } from "effect"
import { makeFolder } from "../../disk/folder.ts"
import { hasEnded, Process, thisProcess } from "../../disk/process.ts"
import { textOf } from "../../disk/text.ts"
import type { StoreNotWritable } from "../../error.ts"
import type { Layout } from "../layout.ts"
import { writing } from "../writing.ts"
import { earliestNow, forgottenAfterSeconds, graceMs, heartbeatSeconds, staleAfterSeconds, storeClock } from "./clock.ts"

/**
 * A run in progress: its process, and since when it looks at the store (milliseconds since 1970, by
 * the clock that dates its files). Whatever else a later version writes, its file is written to
 * every few seconds.
 */
const Mark = Schema.Struct({
  ...Process.fields,
  since: Schema.Finite,
  /** In a copy of a mark from a shared store: the tag of its process there. */
  tag: Schema.optionalKey(Schema.String),
})
export type Mark = typeof Mark.Type

const Stored = Schema.fromJsonString(Mark)

/** The mark in a text; null if it is of another version. */
export const markIn = (text: string): Mark | null => Option.getOrNull(Schema.decodeUnknownOption(Stored)(text))

/**
 * Says, while the scope is open, that a run is using the store: what it has looked at since must
 * stay.
 */
export const present = (layout: Layout, run: string): Effect.Effect<void, StoreNotWritable, Scope.Scope> =>
  Effect.gen(function* () {
    const file = layout.running(run)
    const mark = yield* Effect.acquireRelease(
      writing(layout.root, () => openMark(layout, file)),
      ({ close }) => Effect.sync(close),
    )
    yield* Effect.forkScoped(Effect.repeat(Effect.ignore(Effect.try(mark.beat)), Schedule.spaced(`${heartbeatSeconds} seconds`)))
  })

const openMark = (layout: Layout, file: string) => {
  makeFolder(path.dirname(file))
  let seen = { monotonic: performance.now(), clock: earliestNow(layout) }
  let since = seen.clock
  let descriptor = fs.openSync(file, "w")
  // Padded, so that one that is read while it is written is never the half of another.
  const write = () => fs.writeSync(descriptor, Schema.encodeSync(Stored)({ ...thisProcess(), since }).padEnd(400), 0)
  write()
  return {
    beat: (): void => {
      const now = { monotonic: performance.now(), clock: earliestNow(layout) }
      since = sinceAfter(since, seen, now)
      seen = now
      if (!fs.existsSync(file)) {
        // Another process took this one for dead: the machine may have slept.
        fs.closeSync(descriptor)
        descriptor = fs.openSync(file, "w")
      }
      write()
    },
    close: (): void => {
      fs.closeSync(descriptor)
      fs.rmSync(file, { force: true })
    },
  }
}

interface Sight {
  /** By a clock that is never set. */
  readonly monotonic: number
  readonly clock: number
}

/**
 * Since when a run has looked at the store, by the clock as it is now: where it has been set back
 * since the last sight, what was looked at in between is dated earlier than what was looked at
 * before.
 */
export const sinceAfter = (since: number, before: Sight, now: Sight): number => {
  const elapsed = now.monotonic - before.monotonic
  return now.clock < before.clock + elapsed - graceMs ? Math.min(since, now.clock - elapsed - graceMs) : since
}

/**
 * The time from which on everything that was written or looked at must stay, in milliseconds since
 * 1970: when the oldest run in progress began, or now. −∞, nothing may go, where that cannot be
 * told: beside a run of another version, or of one whose last sign of life lies in the future
 * because the clock has been set back since. Marks of the dead are removed.
 */
export const usedSince = (layout: Layout): number => {
  const now = storeClock(layout)
  let oldest = earliestNow(layout)
  if (!fs.existsSync(layout.runningRuns)) return oldest
  for (const name of fs.readdirSync(layout.runningRuns)) {
    const file = path.join(layout.runningRuns, name)
    const modified = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs
    const text = textOf(file)
    if (modified === undefined || text === null || name.endsWith(".tmp")) continue
    const mark = markIn(text)
    const isSilent = now - modified > staleAfterSeconds * 1000
    if (mark === null) {
      // Of another version, which will remove it.
      if (!isSilent) return Number.NEGATIVE_INFINITY
    } else if (hasEnded(mark)) fs.rmSync(file, { force: true })
    else if (modified > now + 1000) return Number.NEGATIVE_INFINITY
    else if (!isSilent || isOurs(mark)) oldest = Math.min(oldest, mark.since)
    else if (now - modified > forgottenAfterSeconds * 1000) fs.rmSync(file, { force: true })
  }
  return oldest
}

/**
 * A process that we see alive may be stopped, or have slept: it will go on with what it has looked
 * at.
 */
export const isOurs = (mark: Process): boolean =>
  mark.namespace !== undefined && mark.namespace === thisProcess().namespace && mark.boot === thisProcess().boot

/** Whether a run goes on that a process of this machine has marked in this folder. */
export const isOwnMark = (layout: Layout, run: string): boolean => {
  const mark = markIn(textOf(layout.running(run)) ?? "")
  if (mark === null || mark.tag !== undefined) return false
  return isOurs(mark) || (mark.namespace === undefined && mark.host === thisProcess().host)
}
