import { Effect, Schedule, Scope, Semaphore } from "effect"
import { processTag, thisProcess } from "../../../disk/process.ts"
import type { Remote } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"
import { Patience } from "../objects/patience.ts"
import type { Catalogue } from "../results/catalogue.ts"
import type { Protect } from "../results/send.ts"
import { collectionEnded, collectionIn } from "./collection.ts"
import { signName, signSeconds, signText, usesName } from "./sign.ts"

/**
 * The signs of life of this process in a remote store, which say that it lives, and what a
 * collection must not take from it.
 */
export interface Life {
  /** Names this user of the store among all that give signs of life there. */
  readonly tag: string
  /** Gives signs of life from now on, until the scope that it was made in closes. */
  readonly begin: Remote<void>
  readonly protect: Protect
}

let users = 0

/** A process may use a store several times at once. */
const newTag = (): string => {
  users += 1
  return `${processTag()}-${users}`
}

/** How long a sign is tried again: the next is due soon. */
const patience = "3 seconds"

export const lifeOf = (objects: ObjectStore, catalogue: Catalogue): Effect.Effect<Life, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const tag = newTag()
    let state: { readonly since: number } | null = null
    let collection: string | null = null
    let uses = 0
    const reported = new Set<string>()
    /** How many publications are about to name an object. */
    const inFlight = new Map<string, number>()
    const oneAtATime = Semaphore.makeUnsafe(1)

    const reportUses = Effect.gen(function* () {
      const fresh = [...catalogue.used].filter((key) => !reported.has(key))
      if (fresh.length === 0) return
      yield* objects.write(usesName(tag, uses), Buffer.from(JSON.stringify(fresh)), { ifAbsent: false })
      uses += 1
      for (const key of fresh) reported.add(key)
    })

    /** What it says of a collection must hold: it forgets first, and then says so. */
    const sign = Effect.fnUntraced(function* (since: number) {
      const running = (yield* collectionIn(objects))?.id ?? null
      if (running !== collection && running !== null) yield* catalogue.forgetUnused
      collection = running
      yield* reportUses
      const text = signText({ ...thisProcess(), since, collection, objects: [...inFlight.keys()], uses })
      yield* objects.write(signName(tag), text, { ifAbsent: false })
    })

    const end = Effect.suspend(() =>
      objects.remove([signName(tag), ...Array.from({ length: uses }, (_, number) => usesName(tag, number))]),
    ).pipe(Effect.provideService(Patience, patience), Effect.ignore)

    const begin = Effect.gen(function* () {
      if (state !== null) return
      const since = yield* objects.now
      // A first sign before the first look at a collection: one of both sees the other.
      yield* objects.write(signName(tag), signText({ ...thisProcess(), since, collection: null, objects: [], uses: 0 }), {
        ifAbsent: false,
      })
      yield* sign(since)
      state = { since }
      const beat = Effect.ignore(Effect.provideService(Semaphore.withPermit(oneAtATime, sign(since)), Patience, patience))
      yield* Effect.forkIn(Effect.repeat(Effect.delay(beat, `${signSeconds} seconds`), Schedule.forever), scope)
      yield* Scope.addFinalizer(scope, end)
    })

    return {
      tag,
      begin: Semaphore.withPermit(oneAtATime, begin),
      protect: {
        during: (names, effect) =>
          Effect.acquireUseRelease(
            Effect.sync(() => {
              for (const name of names) inFlight.set(name, (inFlight.get(name) ?? 0) + 1)
            }),
            () => effect,
            () =>
              Effect.sync(() => {
                for (const name of names) {
                  const left = (inFlight.get(name) ?? 1) - 1
                  if (left === 0) inFlight.delete(name)
                  else inFlight.set(name, left)
                }
              }),
          ),
        confirm: (name, file) =>
          collection === null
            ? Effect.void
            : Effect.andThen(collectionEnded(objects), Effect.asVoid(objects.upload(name, file, { ifAbsent: true }))),
      },
    }
  })
