import { Effect, Option, Schema } from "effect"
import type { Remote } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"
import { neighboursIn } from "./neighbours.ts"

/**
 * Says that results are being removed, and by which process, so that others trust nothing that they
 * read before.
 */
const Collection = Schema.Struct({ id: Schema.String, tag: Schema.String })
export type Collection = typeof Collection.Type

const Stored = Schema.fromJsonString(Collection)

export const collectionName = "collection.json"

/** The collection that goes on; null where none does. */
export const collectionIn = (objects: ObjectStore): Remote<Collection | null> =>
  Effect.map(objects.read(collectionName), (found) =>
    found === null
      ? null
      : // One of another version has an end as well.
        Option.getOrElse(Schema.decodeUnknownOption(Stored)(found.bytes.toString()), () => ({ id: found.facts.etag, tag: "" })),
  )

export const announceCollection = (objects: ObjectStore, collection: Collection): Remote<unknown> =>
  objects.write(collectionName, Buffer.from(Schema.encodeSync(Stored)(collection)), { ifAbsent: false })

/**
 * Waits until no collection goes on. That of a process which has died is taken away: one that was
 * only frozen looks for it before it removes more.
 */
export const collectionEnded = (objects: ObjectStore): Remote<void> =>
  Effect.gen(function* () {
    for (;;) {
      const running = yield* collectionIn(objects)
      if (running === null) return
      const isAlive = (yield* neighboursIn(objects)).some((neighbour) => neighbour.tag === running.tag && neighbour.isAlive)
      if (!isAlive) return yield* objects.remove([collectionName])
      yield* Effect.sleep("1 second")
    }
  })
