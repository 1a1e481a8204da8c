import * as fs from "node:fs"
import * as path from "node:path"
import { Context, Effect, Layer, Option, Schema, type Scope } from "effect"
import { writeAtomically } from "../bundle/write.ts"
import { ObjectDamaged, type StoreNotWritable } from "../error.ts"
import type { CodeFiles, NamedFile } from "../fingerprint/own-files.ts"
import { Settings } from "../settings.ts"
import { type Census, census } from "./census.ts"
import { type Collected, type CollectOptions, collect } from "./collect.ts"
import { layout } from "./layout.ts"
import { tryLease } from "./lease.ts"
import type { Manifest } from "./manifest.ts"
import { type Pinned, pin, readPins, unpin } from "./pin.ts"
import { present } from "./presence.ts"
import { type Publication, publisher } from "./publish.ts"
import { FailureRecord, RunRecord } from "./record.ts"
import { unseal } from "./seal.ts"
import { notWritable, prepare, temporaryFolders } from "./temporary.ts"
import { textOf } from "./text.ts"
import { filesOf, isPresent, isSound, type StoredFile, setAside } from "./verify.ts"

export interface ArtifactFile {
  readonly name: string
  /** Absolute. Never write to it. */
  readonly path: string
  readonly bytes: number
}

export interface StoreShape {
  /** The result under a key, if it is whole as far as a look at the folder can tell; a damaged one is set aside. */
  readonly manifest: (key: string) => Effect.Effect<Manifest | null>
  /** The files of one output, their bytes verified once. A damaged file is set aside with its manifest. */
  readonly open: (manifest: Manifest, output: string) => Effect.Effect<ReadonlyArray<ArtifactFile>, ObjectDamaged>
  /** Where a file of an output lies, unverified. */
  readonly locate: (file: StoredFile) => string
  /** What was found damaged and set aside since this was last asked, a sentence each. */
  readonly damages: Effect.Effect<ReadonlyArray<string>>
  /** Newest first; those that cannot be read are left out. */
  readonly runs: Effect.Effect<ReadonlyArray<RunRecord>>
  /** The same, read one by one as they are asked for. */
  readonly history: () => Iterable<RunRecord>
  /** Keeps a list of the files that code was made from. */
  readonly keepFiles: (files: CodeFiles) => Effect.Effect<void, StoreNotWritable>
  /** A list that was kept; null if it is not there any more. */
  readonly filesThen: (digest: string) => ReadonlyArray<NamedFile> | null
  readonly recordRun: (record: RunRecord) => Effect.Effect<void, StoreNotWritable>
  /** Says, for as long as the scope is open, that a run uses the store: nothing that it looks at is collected. */
  readonly present: (run: string) => Effect.Effect<void, StoreNotWritable, Scope.Scope>
  readonly collect: (options: CollectOptions) => Effect.Effect<Collected, StoreNotWritable>
  readonly pins: Effect.Effect<ReadonlyArray<Pinned>>
  readonly pin: (pinned: Pinned) => Effect.Effect<void, StoreNotWritable>
  /** False if there was no such pin. */
  readonly unpin: (key: string) => Effect.Effect<boolean, StoreNotWritable>
  readonly census: Effect.Effect<Census>
  /** Failures on record, newest first; one of a key. */
  readonly failures: Effect.Effect<ReadonlyArray<FailureRecord>>
  /** The folder where a stage may keep how far it has got, and its end. */
  readonly checkpoint: (key: string) => string
  readonly forgetCheckpoint: (key: string) => Effect.Effect<void>
  /** Keeps the last failure of a key and returns the path of its record. */
  readonly recordFailure: (record: FailureRecord) => Effect.Effect<string, StoreNotWritable>
  /** Checks that the store can be written, and clears what killed processes left. */
  readonly prepare: Effect.Effect<void, StoreNotWritable>
  readonly temporaryFolder: Effect.Effect<string, StoreNotWritable, Scope.Scope>
  /** The right to compute a key, for as long as the scope is open; false if another process has it. */
  readonly tryLease: (key: string) => Effect.Effect<boolean, StoreNotWritable, Scope.Scope>
  readonly publish: (publication: Publication) => Effect.Effect<Manifest, StoreNotWritable>
}

/** Results by key and objects by content, in the folder that the settings name. Nothing is written before it is needed. */
export class Store extends Context.Service<Store, StoreShape>()("assay/runtime/Store") {
  static readonly layer: Layer.Layer<Store, never, Settings> = Layer.effect(
    Store,
    Effect.gen(function* () {
      const { store } = yield* Settings
      const folders = temporaryFolders(layout(store))
      yield* Effect.addFinalizer(() => folders.removeSpare)
      return make(store, folders.one)
    }),
  )
}

const make = (root: string, temporaryFolder: StoreShape["temporaryFolder"]): StoreShape => {
  const places = layout(root)
  const publish = publisher(places)
  const sound = new Set<string>()
  const keptFiles = new Set<string>()
  const damages: Array<string> = []
  const writing = <A>(write: () => A) => Effect.try({ try: write, catch: (error) => notWritable(root, error) })

  const readManifest = (key: string): Manifest | null => {
    const file = places.result(key)
    // A look is a use, which a collection heeds; what it has just taken away is gone.
    const text = touched(file) ? textOf(file) : null
    if (text === null) return null
    const manifest = unseal(text, key)
    if (manifest !== null && filesOf(manifest).every((stored) => isPresent(places, stored))) return manifest
    const missing = manifest === null ? undefined : filesOf(manifest).find((stored) => !isPresent(places, stored))
    const what = missing === undefined ? `its record ${file} is damaged` : `${places.object(missing.object)} is gone or cut short`
    damages.push(`a stored result cannot be used: ${what}; it has been set aside`)
    setAside(places, file)
    return null
  }

  const verify = Effect.fnUntraced(function* (manifest: Manifest, stored: StoredFile) {
    const file = places.object(stored.object)
    if (sound.has(stored.object)) return { name: stored.name, path: file, bytes: stored.bytes }
    if (yield* Effect.promise(() => isSound(places, stored))) {
      sound.add(stored.object)
      return { name: stored.name, path: file, bytes: stored.bytes }
    }
    yield* Effect.sync(() => {
      setAside(places, file)
      setAside(places, places.result(manifest.key))
    })
    const message = `${stored.name} of a ${manifest.stage} is damaged: ${file} has been set aside; a run makes it anew`
    damages.push(message)
    return yield* new ObjectDamaged({ object: stored.object, path: file, message })
  })

  return {
    manifest: (key) => Effect.sync(() => readManifest(key)),
    open: (manifest, output) => Effect.forEach(manifest.outputs[output]?.files ?? [], (stored) => verify(manifest, stored)),
    locate: ({ object }) => places.object(object),
    damages: Effect.sync(() => damages.splice(0)),
    runs: Effect.sync(() => [...readRuns(places.runs)]),
    history: () => readRuns(places.runs),
    keepFiles: ({ digest, list }) =>
      writing(() => {
        const file = places.files(digest)
        if (keptFiles.has(digest)) return
        keptFiles.add(digest)
        if (!fs.existsSync(file)) writeAtomically(file, JSON.stringify(list.map(({ name, sha256 }) => ({ name, sha256 }))))
      }),
    filesThen: (digest) => Option.getOrNull(decodeFiles(textOf(places.files(digest)) ?? "")),
    recordRun: (record) => writing(() => writeAtomically(places.run(record.run), `${JSON.stringify(record, null, 1)}\n`)),
    present: (run) => present(places, run).pipe(Effect.catchDefect((error) => Effect.fail(notWritable(root, error)))),
    collect: (options) => writing(() => collect(places, readRuns(places.runs), options)),
    pins: Effect.sync(() => readPins(places)),
    pin: (pinned) => writing(() => pin(places, pinned)),
    unpin: (key) => writing(() => unpin(places, key)),
    census: Effect.sync(() => census(places)),
    failures: Effect.sync(() => readFailures(places.failures)),
    checkpoint: places.checkpoint,
    forgetCheckpoint: (key) =>
      Effect.sync(() => {
        if (fs.existsSync(places.checkpoint(key))) fs.rmSync(places.checkpoint(key), { recursive: true, force: true })
      }),
    recordFailure: (record) =>
      writing(() => {
        const file = places.failure(record.key)
        writeAtomically(file, `${JSON.stringify(Schema.encodeSync(FailureRecord)(record), null, 1)}\n`)
        return file
      }),
    prepare: prepare(places),
    temporaryFolder,
    tryLease: (key) => tryLease(places.lease(key)).pipe(Effect.catchDefect((error) => Effect.fail(notWritable(root, error)))),
    publish: (publication) =>
      Effect.uninterruptible(Effect.tryPromise({ try: () => publish(publication), catch: (error) => notWritable(root, error) })),
  }
}

const decodeFiles = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Array(Schema.Struct({ name: Schema.String, sha256: Schema.String }))),
)

const decodeFailure = Schema.decodeUnknownOption(Schema.fromJsonString(FailureRecord))

const readFailures = (folder: string): ReadonlyArray<FailureRecord> => {
  if (!fs.existsSync(folder)) return []
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".json"))
  const records = names.flatMap((name) => Option.getOrNull(decodeFailure(textOf(path.join(folder, name)) ?? "")) ?? [])
  return records.sort((a, b) => (a.created > b.created ? -1 : 1))
}

const decodeRun = Schema.decodeUnknownOption(Schema.fromJsonString(RunRecord))

function* readRuns(folder: string): Iterable<RunRecord> {
  if (!fs.existsSync(folder)) return
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".json"))
  for (const name of names.sort().reverse()) {
    const record = decodeRun(textOf(path.join(folder, name)) ?? "")
    if (Option.isSome(record)) yield record.value
  }
}

/** Whether the file is there. In a store that cannot be written, nothing is collected either. */
const touched = (file: string): boolean => {
  try {
    fs.utimesSync(file, new Date(), new Date())
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT"
  }
}
