import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Option, Schema } from "effect"
import { textOf } from "../../disk/text.ts"
import { writeIfPossible } from "../../disk/write.ts"
import type { StoreNotReadable, StoreNotWritable } from "../../error.ts"
import { Settings } from "../../settings.ts"
import { layout } from "../layout.ts"
import { Remarks } from "../remarks.ts"
import type { RemoteLocation } from "./location.ts"
import { notReadable, type Remote, RemoteFailure, remoteNotWritable } from "./objects/failure.ts"
import { folderStore } from "./objects/folder.ts"
import type { ObjectStore } from "./objects/object-store.ts"
import { Patience, patienceAtOpening } from "./objects/patience.ts"
import { s3Store } from "./s3/s3-store.ts"

export interface RemoteStoreShape {
  readonly objects: ObjectStore
  /**
   * Whether this process may write to the store. A key that may only read is told to the reader
   * once; a server on which two writers can both win is refused.
   */
  readonly isWritable: Effect.Effect<boolean, StoreNotWritable>
  /** A name that no other store has, which is kept in it; made where it has none. */
  readonly identity: Effect.Effect<string, StoreNotWritable | StoreNotReadable>
}

/** The objects of a store, wherever it lies. */
export const objectsAt = (location: RemoteLocation): ObjectStore =>
  location.kind === "folder" ? folderStore(location.folder) : s3Store(location)

/** Name of the object that holds the store's identity. */
const identityName = "identity"

/** Milliseconds for which it is remembered that a server keeps its promises. */
const rememberedMs = 24 * 3600 * 1000

/** Asks the store for its identity: that tells whether it is there, and may be read. */
export const openRemote = Effect.fnUntraced(function* (objects: ObjectStore) {
  const { store } = yield* Settings
  const remarks = yield* Remarks
  const read = Effect.map(objects.read(identityName), (found) => found?.bytes.toString().trim() ?? null)
  const found = yield* Effect.mapError(Effect.provideService(read, Patience, patienceAtOpening), notReadable)
  prepareCache(store)
  const isWritable = yield* Effect.cached(
    Effect.gen(function* () {
      const isKnown = found !== null && isRemembered(store, found)
      if (!(yield* isKnown ? mayWrite(objects.write("tmp/probe", Buffer.from("probe"), { ifAbsent: false })) : probe(objects))) {
        remarks.add(`the store ${objects.name} can be read but not written with this key: what is computed stays in ${store}`)
        return false
      }
      if (isKnown) return true
      yield* objects.write(identityName, Buffer.from(`${randomUUID()}\n`), { ifAbsent: true })
      remember(store, (yield* read) ?? "")
      return true
    }).pipe(Effect.mapError(remoteNotWritable)),
  )
  const identity = yield* Effect.cached(
    Effect.gen(function* () {
      if (found !== null) return found
      yield* isWritable
      const made = yield* Effect.mapError(read, notReadable)
      return made ?? (yield* notReadable(forbidden(objects)))
    }),
  )
  return { objects, isWritable, identity } satisfies RemoteStoreShape
})

const forbidden = ({ name }: ObjectStore): RemoteFailure =>
  new RemoteFailure({ kind: "forbidden", store: name, reason: "it is new, and may not be written", retryAfterSeconds: null })

/**
 * Whether objects can be written. Where two writers of one object would both succeed, results of
 * one key could be mixed: such a server is refused.
 */
const probe = Effect.fnUntraced(function* (objects: ObjectStore) {
  const name = `tmp/probe-${randomUUID()}`
  const write = objects.write(name, Buffer.from("probe"), { ifAbsent: true })
  if (!(yield* mayWrite(write))) return false
  const second = yield* write
  yield* Effect.ignore(objects.remove([name]))
  if (second.state === "exists") return true
  const reason = "its server overwrites an object that it was asked to write only where there is none (If-None-Match: *)"
  return yield* new RemoteFailure({ kind: "conditional", store: objects.name, reason, retryAfterSeconds: null })
})

/** Whether a write is allowed, which it is tried for. */
const mayWrite = (write: Remote<unknown>): Remote<boolean> =>
  Effect.matchEffect(write, {
    onSuccess: () => Effect.succeed(true),
    onFailure: (failure) => (failure.kind === "forbidden" ? Effect.succeed(false) : Effect.fail(failure)),
  })

/** What was found out about a remote store, in the cache in front of it. */
const Checked = Schema.fromJsonString(Schema.Struct({ identity: Schema.String, checked: Schema.Finite }))

const isRemembered = (store: string, identity: string): boolean => {
  const checked = Option.getOrNull(Schema.decodeUnknownOption(Checked)(textOf(layout(store).remoteChecked) ?? ""))
  const age = Date.now() - (checked?.checked ?? 0)
  return checked?.identity === identity && age >= 0 && age < rememberedMs
}

const remember = (store: string, identity: string): void => {
  if (!isRemembered(store, identity))
    writeIfPossible(layout(store).remoteChecked, Schema.encodeSync(Checked)({ identity, checked: Date.now() }))
}

/** A cache lies in a project: programs that commit or back up its files leave it out. */
const prepareCache = (store: string): void => {
  if (fs.existsSync(path.join(store, "CACHEDIR.TAG"))) return
  writeIfPossible(path.join(store, ".gitignore"), "*\n")
  writeIfPossible(path.join(store, "CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of a store of Assay.\n")
}
