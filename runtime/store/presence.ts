import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Option, Schedule, Schema, type Scope } from "effect"
import { writeAtomically } from "../bundle/write.ts"
import type { Layout } from "./layout.ts"
import { heartbeat, isAlive, patience } from "./lease.ts"
import { textOf } from "./text.ts"

/** A run that goes on: whose it is, and when it began to look at the store (milliseconds since 1970). */
const Mark = Schema.fromJsonString(Schema.Struct({ host: Schema.String, pid: Schema.Int, since: Schema.Finite }))

/** Says, for as long as the scope is open, that a run is using the store: what it has looked at since must stay. Throws what the file system throws. */
export const present = (layout: Layout, run: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const file = layout.running(run)
    yield* Effect.acquireRelease(
      Effect.sync(() => writeAtomically(file, Schema.encodeSync(Mark)({ host: os.hostname(), pid: process.pid, since: Date.now() }))),
      () => Effect.sync(() => fs.rmSync(file, { force: true })),
    )
    const beat = Effect.sync(() => fs.existsSync(file) && fs.utimesSync(file, new Date(), new Date()))
    yield* Effect.forkScoped(Effect.repeat(beat, Schedule.spaced(`${heartbeat} seconds`)))
  })

/** When the oldest run that goes on began, in milliseconds since 1970; infinity if none does. Marks of the dead are removed. */
export const oldestPresence = (layout: Layout): number => {
  if (!fs.existsSync(layout.runningRuns)) return Number.POSITIVE_INFINITY
  let oldest = Number.POSITIVE_INFINITY
  for (const name of fs.readdirSync(layout.runningRuns)) {
    const file = path.join(layout.runningRuns, name)
    const modified = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs
    const text = textOf(file)
    if (modified === undefined || text === null || name.endsWith(".tmp")) continue
    const mark = Option.getOrNull(Schema.decodeUnknownOption(Mark)(text))
    const alive = mark?.host === os.hostname() ? isAlive(mark.pid) : Date.now() - modified < patience * 1000
    if (alive) oldest = Math.min(oldest, mark?.since ?? modified)
    else fs.rmSync(file, { force: true })
  }
  return oldest
}
