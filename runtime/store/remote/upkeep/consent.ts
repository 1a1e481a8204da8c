import { Effect, Schema } from "effect"
import { type Neighbour, neighboursIn } from "../life/neighbours.ts"
import { usesName } from "../life/sign.ts"
import { RemoteFailure } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"

/** What the processes that live need, once all of them know of a collection. */
export interface Needed {
  /** Keys that they have looked at or written. */
  readonly keys: ReadonlySet<string>
  /** Objects that they are about to name. */
  readonly objects: ReadonlySet<string>
}

const Uses = Schema.fromJsonString(Schema.Array(Schema.String))

/**
 * Waits until every process that lives has given a sign of life that knows of the collection: from
 * then on it finds nothing that was moved aside. Returns what they had used before.
 */
export const consentTo = Effect.fnUntraced(function* (objects: ObjectStore, collection: string, ownTag: string) {
  for (;;) {
    const others = (yield* neighboursIn(objects)).filter(({ tag, isAlive }) => isAlive && tag !== ownTag)
    if (others.some(({ sign }) => sign === null)) {
      const reason = "a process of another version of Assay uses it at the moment"
      return yield* new RemoteFailure({ kind: "refused", store: objects.name, reason, retryAfterSeconds: null })
    }
    if (others.every(({ sign }) => sign?.collection === collection)) return yield* neededBy(objects, others)
    yield* Effect.sleep("500 millis")
  }
})

/** What processes have said that they use so far. */
export const neededBy = Effect.fnUntraced(function* (objects: ObjectStore, others: ReadonlyArray<Neighbour>) {
  const keys = new Set<string>()
  for (const { tag, sign } of others)
    for (let number = 0; number < (sign?.uses ?? 0); number += 1) {
      const text = (yield* objects.read(usesName(tag, number)))?.bytes.toString() ?? "[]"
      for (const key of yield* Effect.orDie(Schema.decodeUnknownEffect(Uses)(text))) keys.add(key)
    }
  return { keys, objects: new Set(others.flatMap(({ sign }) => sign?.objects ?? [])) } satisfies Needed
})
