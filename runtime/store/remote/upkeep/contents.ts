import { Effect, Stream } from "effect"
import { keyOf } from "../../layout.ts"
import { unseal } from "../../results/seal.ts"
import type { Collectable } from "../../upkeep/select.ts"
import { type ObjectFacts, type ObjectStore, objectConcurrency } from "../objects/object-store.ts"
import type { Packs } from "../results/packs.ts"

/** A result of the store, and the name of its object. */
export interface RemoteCollectable extends Collectable {
  readonly name: string
}

/** All results of a store, as a collection needs them. */
export interface Contents {
  readonly readable: ReadonlyArray<RemoteCollectable>
  /** Names of those that no version can use. */
  readonly damaged: ReadonlyArray<string>
  /** Those of other versions, which stay with all that they may refer to. */
  readonly foreign: ReadonlyArray<{ readonly key: string; readonly text: string; readonly format: string }>
}

export const listAll = (objects: ObjectStore, prefix: string) =>
  Effect.map(Stream.runCollect(objects.list(prefix)), (pages) => pages.flat())

/** Reads every manifest: those in packs by few requests, the others one by one. */
export const contentsOf = Effect.fnUntraced(function* (objects: ObjectStore, packs: Packs) {
  const textOf = Effect.fnUntraced(function* ({ name, etag }: ObjectFacts) {
    return (yield* packs.text(name, etag)) ?? (yield* objects.read(name))?.bytes.toString() ?? null
  })
  const contents = {
    readable: [] as Array<RemoteCollectable>,
    damaged: [] as Array<string>,
    foreign: [] as Array<Contents["foreign"][number]>,
  }
  yield* Effect.forEach(
    yield* listAll(objects, "results/"),
    (facts) =>
      Effect.map(textOf(facts), (text) => {
        const key = keyOf(facts.name)
        const found = unseal(text ?? "", key)
        // One that is gone by now was moved by another process.
        if (text === null) return
        if (found.state === "whole") contents.readable.push({ key, name: facts.name, used: facts.modified, manifest: found.manifest })
        else if (found.state === "damaged") contents.damaged.push(facts.name)
        else contents.foreign.push({ key, text, format: found.format })
      }),
    { concurrency: objectConcurrency, discard: true },
  )
  return contents satisfies Contents
})
