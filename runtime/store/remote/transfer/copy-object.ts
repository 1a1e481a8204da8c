import * as fs from "node:fs"
import { Effect } from "effect"
import { type Layout, layout } from "../../layout.ts"
import type { StoredFile } from "../../results/verify.ts"
import { nameOf } from "../names.ts"
import type { Remote } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"
import { objectFetcher } from "../results/fetch-object.ts"

/** What became of an object: copied, or there already, or not what its name says. */
export type Copied = "copied" | "there" | "damaged"

/**
 * Copies objects from one store to another by way of a temporary folder, where each is held against
 * its name. Nothing that is there is replaced.
 */
export const objectCopier = (from: ObjectStore, to: ObjectStore, temporary: string): ((stored: StoredFile) => Remote<Copied>) => {
  const places: Layout = layout(temporary)
  const fetch = objectFetcher(places, from, new Map())
  return Effect.fnUntraced(function* (stored) {
    const file = places.object(stored.object)
    const name = nameOf(places, file)
    if ((yield* to.head(name)) !== null) return "there"
    return yield* Effect.gen(function* () {
      if (!(yield* fetch(stored))) return "damaged"
      const { state } = yield* to.upload(name, file, { ifAbsent: true })
      return state === "written" ? "copied" : "there"
    }).pipe(Effect.ensuring(Effect.sync(() => fs.rmSync(file, { force: true }))))
  })
}
