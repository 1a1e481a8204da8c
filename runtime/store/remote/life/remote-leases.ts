import { DateTime, Effect, Option, Schema, type Scope, Stream } from "effect"
import { Process, thisProcess } from "../../../disk/process.ts"
import type { Holder } from "../../workspace/lease.ts"
import type { Remote, RemoteFailure } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"
import { Patience } from "../objects/patience.ts"
import { neighboursIn } from "./neighbours.ts"

/** Who computes a key, and since when: the process whose signs of life have that tag. */
const Lease = Schema.Struct({ ...Process.fields, tag: Schema.String, since: Schema.String })
type Lease = typeof Lease.Type

const Stored = Schema.fromJsonString(Lease)

const leaseIn = (bytes: Uint8Array | undefined): Lease | null =>
  bytes === undefined ? null : Option.getOrNull(Schema.decodeUnknownOption(Stored)(Buffer.from(bytes).toString()))

export const leasePrefix = "leases/"

const prefixOf = (key: string): string => `${leasePrefix}${key}/`

/** Generations sort as texts. */
const nameOf = (key: string, generation: number): string => `${prefixOf(key)}${String(generation).padStart(6, "0")}`

/**
 * The right to compute a key, among machines that share a store. A lease is a chain of objects,
 * each created only where there is none: of several processes that take a lease over from a dead
 * one, one creates the next. A process lives as long as it gives signs of life, however many leases
 * it has. A lease saves work and guards nothing: results are published only where there is none.
 */
export interface RemoteLeases {
  /** Takes the lease for as long as the scope is open; false where a living process holds it. */
  readonly tryLease: (key: string) => Effect.Effect<boolean, RemoteFailure, Scope.Scope>
  /** Who held the lease when it was last asked for. */
  readonly holder: (key: string) => Holder | null
}

/** Milliseconds for which it is believed that a lease is held. */
const believedMs = 1_500

/** `tag` is that of our own signs of life. */
export const remoteLeases = (objects: ObjectStore, tag: string): RemoteLeases => {
  const held = new Map<string, { readonly holder: Lease | null; readonly at: number }>()
  let seen: { readonly alive: ReadonlySet<string>; readonly at: number } | null = null

  const alive = Effect.gen(function* () {
    if (seen !== null && performance.now() - seen.at < believedMs) return seen.alive
    const at = performance.now()
    const tags = (yield* neighboursIn(objects)).filter(({ isAlive }) => isAlive).map(({ tag }) => tag)
    seen = { alive: new Set(tags), at }
    return seen.alive
  })

  const create = Effect.fnUntraced(function* (key: string, generation: number) {
    const lease: Lease = { ...thisProcess(), tag, since: DateTime.formatIso(yield* DateTime.now) }
    const text = Buffer.from(Schema.encodeSync(Stored)(lease))
    return (yield* objects.write(nameOf(key, generation), text, { ifAbsent: true })).state === "written"
  })

  /** The generation that is ours; null where another process holds the lease. */
  const acquire: (key: string) => Remote<number | null> = Effect.fnUntraced(function* (key) {
    if (yield* create(key, 1)) return 1
    const names = (yield* Stream.runCollect(objects.list(prefixOf(key)))).flat().map(({ name }) => name)
    const last = names.at(-1)
    if (last === undefined) return (yield* create(key, 1)) ? 1 : null
    const generation = Number(last.slice(prefixOf(key).length))
    const lease = leaseIn((yield* objects.read(last))?.bytes)
    // An answer was lost: what it said was that the lease is ours.
    if (lease?.tag === tag) return generation
    if (lease !== null && (yield* alive).has(lease.tag)) {
      held.set(key, { holder: lease, at: performance.now() })
      return null
    }
    return (yield* create(key, generation + 1)) ? generation + 1 : null
  })

  const release = (key: string, generation: number): Effect.Effect<void> =>
    objects
      .remove(Array.from({ length: generation }, (_, index) => nameOf(key, index + 1)))
      .pipe(Effect.provideService(Patience, "5 seconds"), Effect.ignore)

  return {
    tryLease: (key) =>
      Effect.gen(function* () {
        const before = held.get(key)
        if (before !== undefined && performance.now() - before.at < believedMs) return false
        const generation = yield* Effect.acquireRelease(acquire(key), (mine) => (mine === null ? Effect.void : release(key, mine)))
        if (generation === null) return false
        held.delete(key)
        return true
      }),
    holder: (key) => held.get(key)?.holder ?? null,
  }
}
