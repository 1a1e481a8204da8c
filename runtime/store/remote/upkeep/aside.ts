import { Effect } from "effect"
import type { Remote } from "../objects/failure.ts"
import { type ObjectStore, objectConcurrency } from "../objects/object-store.ts"
import { listAll } from "./contents.ts"

const prefix = "aside/"

/**
 * Manifests that a collection is about to remove: out of sight, so that no process finds them, and
 * not gone, since one may have found them before.
 */
export interface Aside {
  readonly move: (names: ReadonlyArray<string>) => Remote<void>
  /** Puts back those that are wanted; where there is a newer one, that stays. */
  readonly restore: (isWanted: (name: string) => boolean) => Remote<void>
  readonly clear: Remote<void>
}

export const asideOf = (objects: ObjectStore): Aside => {
  const names = Effect.map(listAll(objects, prefix), (facts) => facts.map(({ name }) => name.slice(prefix.length)))
  const restoreOne = Effect.fnUntraced(function* (name: string) {
    const found = yield* objects.read(prefix + name)
    if (found !== null) yield* objects.write(name, found.bytes, { ifAbsent: true })
    yield* objects.remove([prefix + name])
  })
  const moveOne = (name: string) => Effect.andThen(objects.copy(name, prefix + name), objects.remove([name]))
  const inParallel = { concurrency: objectConcurrency, discard: true } as const
  return {
    move: (wanted) => Effect.forEach(wanted, moveOne, inParallel),
    restore: (isWanted) => Effect.flatMap(names, (all) => Effect.forEach(all.filter(isWanted), restoreOne, inParallel)),
    clear: Effect.flatMap(names, (all) => objects.remove(all.map((name) => prefix + name))),
  }
}
