import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Option, Schema, Stream } from "effect"
import { makeFolder } from "../../../disk/folder.ts"
import type { StoreNotReadable, StoreNotWritable } from "../../../error.ts"
import { type Layout, layout } from "../../layout.ts"
import type { Manifest } from "../../results/manifest.ts"
import { seal } from "../../results/seal.ts"
import { filesOf } from "../../results/verify.ts"
import { RunRecord } from "../../runs/record.ts"
import { temporaryPath } from "../../workspace/owned-path.ts"
import { nameOf } from "../names.ts"
import { notReadable, type Remote, remoteNotWritable } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"
import { catalogueOf } from "../results/catalogue.ts"
import { packsOf } from "../results/packs.ts"
import { objectCopier } from "./copy-object.ts"

/** What a transfer of a run came to. */
export interface Transferred {
  /** Results that the run names. */
  readonly results: number
  /** Of those, copied now; the others were there, or are in `missing`. */
  readonly copied: number
  /** Bytes of the objects that were copied. */
  readonly bytes: number
  /** Stages whose results the source does not have, or has damaged. */
  readonly missing: ReadonlyArray<string>
}

export interface Transfer {
  readonly from: ObjectStore
  readonly to: ObjectStore
  /** Whether the target is one that machines share: packs let others find results quickly. */
  readonly isPacked: boolean
  readonly run: RunRecord
  /** A folder of this machine, for what is on its way and for packs. */
  readonly folder: string
  /** Called after each result. */
  readonly progress: (transferred: Transferred) => void
}

/** Results that are copied at a time. */
const resultsAtATime = 4

/**
 * Copies a run from one store to another: its results with all their files, its record, wiring and
 * journal. Each file is held against its digest on the way. What is there stays as it is, so that
 * an interrupted transfer goes on where it was; the record comes last.
 */
export const transfer: (wanted: Transfer) => Effect.Effect<Transferred, StoreNotReadable | StoreNotWritable> = Effect.fn("transfer")(
  function* ({ from, to, isPacked, run, folder, progress }) {
    const places = layout(folder)
    const source = catalogueOf(places, from, packsOf(places, from))
    const packs = packsOf(places, to)
    const target = catalogueOf(places, to, packs)
    const temporary = temporaryPath(places, "transfer")
    makeFolder(temporary)
    const copyObject = objectCopier(from, to, temporary)
    const stages = [...new Map(run.stages.flatMap(({ id, key }) => (key === null ? [] : [[key, id] as const])))]
    let [copied, bytes] = [0, 0]
    const missing: Array<string> = []
    const soFar = (): Transferred => ({ results: stages.length, copied, bytes, missing })

    const copyResult = Effect.fnUntraced(function* (key: string, id: string) {
      if ((yield* target.find(key)) !== null) return
      const found = yield* source.find(key)
      if (found?.state !== "whole") return void missing.push(id)
      for (const stored of filesOf(found.manifest)) {
        const came = yield* copyObject(stored)
        if (came === "damaged") return void missing.push(id)
        if (came === "copied") bytes += stored.bytes
      }
      yield* copyCode(places, { from, to }, found.manifest)
      const text = seal(found.manifest)
      const { state, etag } = yield* to.write(found.name, Buffer.from(text), { ifAbsent: true })
      if (state === "exists") return
      copied += 1
      target.note(key, { name: found.name, etag, text })
    })

    yield* Effect.forEach(stages, ([key, id]) => Effect.tap(copyResult(key, id), () => Effect.sync(() => progress(soFar()))), {
      concurrency: resultsAtATime,
      discard: true,
    }).pipe(
      Effect.andThen(copyRun(places, { from, to, temporary }, run)),
      Effect.andThen(isPacked ? Effect.ignore(packs.write(target.isCurrent)) : Effect.void),
      Effect.ensuring(Effect.sync(() => fs.rmSync(temporary, { recursive: true, force: true }))),
      // The words of the store that failed are in the message of either.
      Effect.mapError((failure) => (failure.store === to.name ? remoteNotWritable(failure) : notReadable(failure))),
    )
    return soFar()
  },
)

/** Small objects that are named by what they hold. */
const copySmall = Effect.fnUntraced(function* ({ from, to }: Pick<Transfer, "from" | "to">, name: string) {
  if ((yield* to.head(name)) !== null) return
  const found = yield* from.read(name)
  if (found !== null) yield* to.write(name, found.bytes, { ifAbsent: true })
})

const copyCode = (places: Layout, stores: Pick<Transfer, "from" | "to">, { source }: Manifest): Remote<void> =>
  source === undefined ? Effect.void : copySmall(stores, nameOf(places, places.files(source.files)))

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(RunRecord))

/**
 * A record of a run that has ended replaces one that was written while it went on, and no other.
 */
const copyRun = Effect.fnUntraced(function* (
  places: Layout,
  { from, to, temporary }: Pick<Transfer, "from" | "to"> & { readonly temporary: string },
  { run, wiring }: RunRecord,
) {
  if (wiring !== undefined) yield* copySmall({ from, to }, nameOf(places, places.wiring(wiring)))
  const name = nameOf(places, places.run(run))
  const there = yield* to.read(name)
  const isEnded = there !== null && Option.getOrNull(decode(there.bytes.toString()))?.outcome !== "unfinished"
  if (isEnded) return
  yield* copyJournal(from, to, nameOf(places, places.journal(run)), path.join(temporary, "journal"))
  const record = yield* from.read(name)
  if (record !== null) yield* to.write(name, record.bytes, { ifAbsent: there === null })
})

/** A journal may be long. */
const copyJournal = Effect.fnUntraced(function* (from: ObjectStore, to: ObjectStore, name: string, file: string) {
  const descriptor = fs.openSync(file, "w")
  yield* Effect.ensuring(
    Stream.runForEach(from.stream(name, null), (chunk) => Effect.sync(() => void fs.writeSync(descriptor, chunk))),
    Effect.sync(() => fs.closeSync(descriptor)),
  )
  if (fs.statSync(file).size > 0) yield* to.upload(name, file, { ifAbsent: false })
})
