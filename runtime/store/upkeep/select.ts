import type { Manifest } from "../results/manifest.ts"
import { filesOf } from "../results/verify.ts"

/** A result that may stay or go, and when it was last used (milliseconds since 1970). */
export interface Collectable {
  readonly key: string
  readonly used: number
  readonly manifest: Manifest
}

interface Selection<R> {
  /** All results, the last used first. */
  readonly results: ReadonlyArray<R>
  /** Those that go, the last used last. */
  readonly gone: ReadonlyArray<R>
  /** The objects of those that stay, with their bytes. */
  readonly objects: Map<string, number>
  /** A result stays after all. */
  readonly add: (result: R) => void
  /** Bytes of what stays. */
  readonly total: () => number
}

/**
 * Selects what a collection removes: of the results that nothing keeps, the last used stay while
 * all that stays takes no more than `size` bytes.
 */
export const select = <R extends Collectable>(
  readable: ReadonlyArray<R>,
  { size, isKept }: { readonly size: number; readonly isKept: (result: R) => boolean },
): Selection<R> => {
  const results = [...readable].sort((a, b) => b.used - a.used || (a.key < b.key ? -1 : 1))
  const objects = new Map<string, number>()
  const add = ({ manifest }: R): void => {
    for (const { object, bytes } of filesOf(manifest)) objects.set(object, bytes)
  }
  const total = (): number => [...objects.values()].reduce((sum, bytes) => sum + bytes, 0)
  const kept = new Set(results.filter(isKept))
  for (const result of kept) add(result)
  let room = size - total()
  for (const result of results) {
    if (kept.has(result)) continue
    const more = new Map(filesOf(result.manifest).flatMap(({ object, bytes }) => (objects.has(object) ? [] : [[object, bytes] as const])))
    const bytes = [...more.values()].reduce((sum, each) => sum + each, 0)
    if (bytes > room) continue
    room -= bytes
    kept.add(result)
    add(result)
  }
  return { results, gone: results.filter((result) => !kept.has(result)).reverse(), objects, add, total }
}
