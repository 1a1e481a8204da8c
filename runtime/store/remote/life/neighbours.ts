import { Effect, Stream } from "effect"
import type { ObjectFacts, ObjectStore } from "../objects/object-store.ts"
import { isAliveBy, type Sign, signIn, signPrefix, tagOfSign } from "./sign.ts"

/** A process that has given a sign of life in a remote store, dead or alive. */
export interface Neighbour {
  readonly tag: string
  readonly facts: ObjectFacts
  /** Null for one of another version. */
  readonly sign: Sign | null
  readonly isAlive: boolean
}

/** The processes that use a remote store, as their signs of life say. */
export const neighboursIn = Effect.fnUntraced(function* (objects: ObjectStore) {
  const facts = (yield* Stream.runCollect(objects.list(signPrefix))).flat()
  const now = yield* objects.now
  const found = yield* Effect.forEach(
    facts.filter(({ name }) => tagOfSign(name) !== null),
    (each) => Effect.map(objects.read(each.name), (read) => ({ each, read })),
    { concurrency: 8 },
  )
  return found.flatMap(({ each, read }): ReadonlyArray<Neighbour> => {
    // It may have ended a moment ago.
    if (read === null) return []
    const sign = signIn(read.bytes)
    return [{ tag: tagOfSign(each.name) ?? "", facts: read.facts, sign, isAlive: isAliveBy(sign, read.facts, now) }]
  })
})
