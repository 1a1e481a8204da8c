import { Effect, Semaphore } from "effect"
import { StoreNotWritable } from "../../../error.ts"
import type { Layout } from "../../layout.ts"
import type { Manifest } from "../../results/manifest.ts"
import { seal, unseal } from "../../results/seal.ts"
import { filesOf } from "../../results/verify.ts"
import { nameOf } from "../names.ts"
import { type Remote, RemoteFailure, remoteNotWritable } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"
import type { Catalogue } from "./catalogue.ts"

/** Objects that are sent at a time. */
const objectsAtATime = 4

/**
 * Makes a result of the local folder visible to other machines, whole or not at all: its objects go
 * first, the manifest last. Where another machine has published a result under the key in the
 * meantime, that one stays, and is returned, unless this one replaces it.
 */
export type SendResult = (manifest: Manifest, replaces?: boolean) => Effect.Effect<Manifest, StoreNotWritable>

export const resultSender = (
  layout: Layout,
  { objects, catalogue, protect }: { readonly objects: ObjectStore; readonly catalogue: Catalogue; readonly protect: Protect },
): SendResult => {
  const slots = Semaphore.makeUnsafe(objectsAtATime)

  const sendObject = (object: string): Remote<unknown> => {
    const file = layout.object(object)
    const name = nameOf(layout, file)
    return Semaphore.withPermit(
      slots,
      Effect.flatMap(objects.upload(name, file, { ifAbsent: true }), ({ state }) =>
        state === "exists" ? protect.confirm(name, file) : Effect.void,
      ),
    )
  }

  const sendManifest = Effect.fnUntraced(function* (manifest: Manifest, replaces: boolean) {
    const { key } = manifest
    const text = seal(manifest)
    for (const place of [layout.result(key), layout.resultBeside(key)]) {
      const name = nameOf(layout, place)
      const { state, etag } = yield* objects.write(name, Buffer.from(text), { ifAbsent: true })
      if (state === "written") {
        catalogue.note(key, { name, etag, text })
        return manifest
      }
      const there = yield* objects.read(name)
      const theirs = there === null ? null : unseal(there.bytes.toString(), key)
      if (there !== null && theirs?.state === "whole" && !replaces) {
        catalogue.note(key, { name, etag: there.facts.etag, text: there.bytes.toString() })
        return theirs.manifest
      }
      // Replaced: what is damaged, and what is meant to be. What another version wrote stays here.
      if (theirs?.state === "foreign") continue
      const replaced = yield* objects.write(name, Buffer.from(text), { ifAbsent: false })
      catalogue.note(key, { name, etag: replaced.etag, text })
      return manifest
    }
    const reason = `both places of the result ${key} are taken by other versions of Assay`
    return yield* new RemoteFailure({ kind: "refused", store: objects.name, reason, retryAfterSeconds: null })
  })

  return (manifest, replaces = false) => {
    const digests = [...new Set(filesOf(manifest).map(({ object }) => object))]
    const send = Effect.andThen(
      Effect.forEach(digests, sendObject, { concurrency: "unbounded", discard: true }),
      sendManifest(manifest, replaces),
    )
    return protect.during(digests, send).pipe(
      Effect.mapError(remoteNotWritable),
      Effect.mapError(({ path, message }) => new StoreNotWritable({ path, message: `${message}; the result stays in ${layout.root}` })),
      Effect.uninterruptible,
    )
  }
}

/** Keeps what a publication rests on from a collection that goes on elsewhere. */
export interface Protect {
  /** Says, while the effect runs, that these objects are about to be named by a result. */
  readonly during: <A, E>(objects: ReadonlyArray<string>, effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** An object that was there already is sent again if a collection that goes on removes it. */
  readonly confirm: (name: string, file: string) => Remote<void>
}
