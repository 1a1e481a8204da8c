import * as fs from "node:fs"
import { Effect } from "effect"
import { writeIfPossible } from "../../../disk/write.ts"
import { ObjectDamaged, type StoreNotWritable } from "../../../error.ts"
import { isDigest, resultFormat, writerOf } from "../../format.ts"
import type { Layout } from "../../layout.ts"
import type { RemarksShape } from "../../remarks.ts"
import type { Manifest } from "../../results/manifest.ts"
import { type ResultsShape, resultsOf } from "../../results/results.ts"
import { filesOf, quarantine, type StoredFile } from "../../results/verify.ts"
import { nameOf } from "../names.ts"
import { notReadable, type Remote } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"
import type { Catalogue } from "./catalogue.ts"
import { keepLocally } from "./keep-locally.ts"
import type { SendResult } from "./send.ts"

interface Parts {
  readonly layout: Layout
  /** The results of the local folder, which are in front of those of the store. */
  readonly local: ResultsShape
  readonly objects: ObjectStore
  readonly catalogue: Catalogue
  readonly fetch: (file: StoredFile) => Remote<boolean>
  readonly send: SendResult
  readonly isWritable: Effect.Effect<boolean, StoreNotWritable>
  readonly remarks: RemarksShape
}

/**
 * The results of a remote store: its manifests as they are asked for, its objects when an output is
 * opened, by way of the local folder. What is published goes to both. A store that stops answering
 * while it is read ends the command, as a disk does.
 */
export const remoteResults = (parts: Parts): ResultsShape => {
  const repairing: ResultsShape = {
    ...make(parts, parts.local.repairing, true),
    get repairing() {
      return repairing
    },
  }
  return { ...make(parts, parts.local, false), repairing }
}

const make = (
  { layout, objects, catalogue, fetch, send, isWritable, remarks }: Parts,
  local: ResultsShape,
  isRepairing: boolean,
): Omit<ResultsShape, "repairing"> => {
  const read = <A>(effect: Remote<A>): Effect.Effect<A> => Effect.orDie(Effect.mapError(effect, notReadable))
  const mayRepair = isRepairing ? Effect.orElseSucceed(isWritable, () => false) : Effect.succeed(false)
  const suspected = new Set(fs.existsSync(layout.suspects) ? fs.readdirSync(layout.suspects) : [])
  const again = "a run makes it again"

  /** A damaged file of the store: moved out of the way where that may be done. */
  const discard = Effect.fnUntraced(function* (name: string) {
    if (!(yield* mayRepair)) return false
    yield* Effect.andThen(objects.copy(name, `quarantine/${name.replaceAll("/", "-")}`), objects.remove([name])).pipe(Effect.ignore)
    return true
  })

  const damaged = Effect.fnUntraced(function* (manifest: Manifest, stored: StoredFile) {
    const result = yield* read(catalogue.find(manifest.key))
    const name = nameOf(layout, layout.object(stored.object))
    const isGone = yield* discard(name)
    if (result !== null && isGone) yield* discard(result.name)
    if (isRepairing) catalogue.forget(manifest.key)
    else writeIfPossible(layout.suspect(stored.object), "")
    const path = `${objects.name}/${name}`
    const message = `${stored.name} of a ${manifest.stage} is damaged or gone: ${path}${isGone ? " has been quarantined" : ""}; ${again}`
    // What the local folder has of it is no better.
    for (const file of isRepairing ? [layout.object(stored.object), layout.result(manifest.key)] : []) quarantine(layout, file)
    if (isRepairing) remarks.add(message)
    return yield* new ObjectDamaged({ object: stored.object, path, message })
  })

  /** Makes sure that a file is in the local folder, and what its name says. */
  const bring = (manifest: Manifest, stored: StoredFile): Effect.Effect<void, ObjectDamaged> =>
    Effect.flatMap(read(fetch(stored)), (isSound) => (isSound ? Effect.void : damaged(manifest, stored)))

  /**
   * Objects that a command which only reads found damaged are looked at before their result is
   * used.
   */
  const examine = Effect.fnUntraced(function* (manifest: Manifest) {
    const suspects = isRepairing ? filesOf(manifest).filter(({ object }) => suspected.has(object)) : []
    for (const stored of suspects) {
      suspected.delete(stored.object)
      fs.rmSync(layout.suspect(stored.object), { force: true })
      if (!(yield* Effect.isSuccess(bring(manifest, stored)))) return null
    }
    return manifest
  })

  /** What only the local folder has: from now on the store has it too, if this is a run. */
  const localOnly = Effect.fnUntraced(function* (key: string) {
    const manifest = yield* local.manifest(key)
    if (manifest === null || !(yield* mayRepair)) return manifest
    return yield* Effect.orDie(send(manifest))
  })

  const manifest = Effect.fnUntraced(function* (key: string) {
    const found = isDigest(key) ? yield* read(catalogue.find(key)) : null
    if (found === null) return yield* localOnly(key)
    if (found.state === "whole") return yield* examine(found.manifest)
    if (found.state === "foreign") {
      remarks.foreign("result", key, { found: found.format, own: resultFormat })
      return null
    }
    const isGone = yield* discard(found.name)
    if (isGone) catalogue.forget(key)
    remarks.add(
      `a stored result cannot be used: its record ${objects.name}/${found.name} is damaged; ${isGone ? "it has been quarantined" : again}`,
    )
    return isGone ? yield* localOnly(key) : null
  })

  return {
    manifest,
    latest: (key) =>
      Effect.andThen(
        Effect.sync(() => catalogue.forget(key)),
        Effect.suspend(() => manifest(key)),
      ),
    problem: Effect.fnUntraced(function* (key) {
      const found = isDigest(key) ? yield* read(catalogue.find(key)) : null
      if (found === null) return yield* local.problem(key)
      if (found.state === "foreign") return `it was written by ${writerOf(found.format, resultFormat)}`
      return found.state === "damaged" ? `its record ${objects.name}/${found.name} is damaged; ${again}` : null
    }),
    of: (run) => resultsOf(manifest, run),
    open: Effect.fnUntraced(function* (manifest, output) {
      const files = manifest.outputs[output]?.files ?? []
      yield* Effect.forEach(files, (stored) => bring(manifest, stored), { concurrency: "unbounded", discard: true })
      keepLocally(layout, manifest)
      return files.map(({ name, object, bytes }) => ({ name, path: layout.object(object), bytes }))
    }),
    locate: local.locate,
    publish: Effect.fnUntraced(function* (publication) {
      const manifest = yield* local.publish(publication)
      return (yield* isWritable) ? yield* send(manifest, publication.replaces) : manifest
    }),
  }
}
