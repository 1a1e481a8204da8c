import * as fs from "node:fs"
import * as path from "node:path"
import { DateTime, Effect, Option, Schema, type Scope } from "effect"
import { makeFolder } from "../../disk/folder.ts"
import { hasEnded, Process, processTag, thisProcess } from "../../disk/process.ts"
import { textOf } from "../../disk/text.ts"
import type { StoreNotWritable } from "../../error.ts"
import type { Layout } from "../layout.ts"
import { writing } from "../writing.ts"
import { forgottenAfterSeconds, heartbeatSeconds, staleAfterSeconds, storeClock } from "./clock.ts"
import { unchanged } from "./unchanged.ts"

/**
 * Who computes a key, and since when (ISO 8601). Whatever else a later version writes, its file is
 * written to every few seconds.
 */
const Holder = Schema.Struct({ ...Process.fields, since: Schema.optionalKey(Schema.String) })
export type Holder = typeof Holder.Type

const Stored = Schema.fromJsonString(Holder)

/**
 * Seconds for which we watch a lease whose date says that it is stale before we believe it: a clock
 * may have been set, or a machine have slept.
 */
const doubtSeconds = 5

export interface Leases {
  /**
   * Takes the lease on a key for as long as the scope is open; false if another process holds it. A
   * lease whose holder is gone, or has been silent for long, is taken over. Two computations of one
   * key would both be right (publishing is idempotent): a lease saves work, it guards nothing.
   */
  readonly tryLease: (key: string) => Effect.Effect<boolean, StoreNotWritable, Scope.Scope>
  /** Who holds the lease on a key; null where none does, or where it is not known. */
  readonly holder: (key: string) => Holder | null
  /**
   * Clears the leases of processes that have ended: one that is killed between publishing and
   * releasing leaves a lease that nothing else clears.
   */
  readonly clearAbandoned: () => void
}

export const leases = (layout: Layout): Leases => {
  /** The leases that we wait for. */
  const watched = unchanged()

  const isAbandoned = (file: string, facts: fs.Stats): boolean => {
    const holder = read(file)
    if (holder !== null && hasEnded(holder)) return true
    const ageSeconds = (storeClock(layout) - facts.mtimeMs) / 1000
    return isSilent({ ageSeconds, unchangedSeconds: watched.secondsOf(file, stateOf(facts)) })
  }

  /** The open file of a lease that is ours since now; null if another process holds it. */
  const acquire = (file: string, since: string): number | null => {
    makeFolder(path.dirname(file))
    const descriptor = create(file, since)
    if (descriptor !== null) return descriptor
    const facts = fs.statSync(file, { throwIfNoEntry: false })
    return facts !== undefined && isAbandoned(file, facts) && clear(file, stateOf(facts)) ? create(file, since) : null
  }

  return {
    tryLease: (key) =>
      Effect.gen(function* () {
        const file = layout.lease(key)
        const since = DateTime.formatIso(yield* DateTime.now)
        const descriptor = yield* Effect.acquireRelease(
          writing(layout.root, () => acquire(file, since)),
          (descriptor) => Effect.sync(() => descriptor !== null && release(file, descriptor)),
        )
        if (descriptor === null) return false
        watched.forget(file)
        yield* Effect.forkScoped(Effect.forever(Effect.andThen(Effect.sleep(`${heartbeatSeconds} seconds`), beat(descriptor))))
        return true
      }),
    holder: (key) => read(layout.lease(key)),
    clearAbandoned: () => {
      if (!fs.existsSync(layout.leases)) return
      const now = storeClock(layout)
      for (const name of fs.readdirSync(layout.leases)) {
        const file = path.join(layout.leases, name)
        const facts = fs.statSync(file, { throwIfNoEntry: false })
        if (facts === undefined) continue
        const holder = read(file)
        const isForgotten = (now - facts.mtimeMs) / 1000 > forgottenAfterSeconds
        if (isForgotten || (holder !== null && hasEnded(holder))) clear(file, stateOf(facts))
      }
    },
  }
}

/**
 * Whether a holder that we cannot see counts as dead: it has been silent for long, by the files'
 * clock or by our own.
 */
export const isSilent = (seen: { readonly ageSeconds: number; readonly unchangedSeconds: number }): boolean =>
  seen.unchangedSeconds >= staleAfterSeconds || (seen.ageSeconds >= staleAfterSeconds && seen.unchangedSeconds >= doubtSeconds)

const read = (file: string): Holder | null => Option.getOrNull(Schema.decodeUnknownOption(Stored)(textOf(file) ?? ""))

/** Which file it is, and when it last gave a sign of life. */
export const stateOf = ({ ino, mtimeMs }: fs.Stats): string => `${ino} ${mtimeMs}`

const content = (since: string): string => Schema.encodeSync(Stored)({ ...thisProcess(), since })

/** The open file of a lease that is ours now; null if there is one. */
const create = (file: string, since: string): number | null => {
  const descriptor = openNew(file)
  if (descriptor === null) return null
  try {
    fs.writeSync(descriptor, content(since), 0)
    return descriptor
  } catch (error) {
    release(file, descriptor)
    throw error
  }
}

const openNew = (file: string): number | null => {
  try {
    return fs.openSync(file, "wx")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return null
    throw error
  }
}

/**
 * A sign of life: to write a byte again dates the file by its own clock. Through the open file,
 * which is ours even where the lease was taken over.
 */
const beat = (descriptor: number) =>
  Effect.sync(() => {
    try {
      fs.writeSync(descriptor, "{", 0)
    } catch {
      // A full disk must not end a computation: at worst the lease is taken over.
    }
  })

/** It may have been taken over from us while we were thought dead: then it is another's. */
const release = (file: string, descriptor: number): void => {
  const own = fs.fstatSync(descriptor)
  if (fs.statSync(file, { throwIfNoEntry: false })?.ino === own.ino) fs.rmSync(file, { force: true })
  fs.closeSync(descriptor)
}

/**
 * Takes an abandoned lease away. Only one of several takers can move it, and what was moved is
 * looked at again: it may have given a sign of life, or be the new lease of another, who gets it
 * back.
 */
const clear = (file: string, state: string): boolean => {
  const aside = `${file}.${processTag()}.abandoned`
  try {
    fs.renameSync(file, aside)
    const isSame = stateOf(fs.statSync(aside)) === state
    // A process that took the lease in the meantime keeps it.
    if (!isSame) fs.linkSync(aside, file)
    fs.rmSync(aside, { force: true })
    return isSame
  } catch {
    return false
  }
}
