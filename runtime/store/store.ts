import * as fs from "node:fs"
import { Context, Effect, Layer, Option, Schema, type Scope } from "effect"
import { textOf } from "../disk/text.ts"
import { writeAtomically } from "../disk/write.ts"
import type { ObjectDamaged, StoreNotWritable } from "../error.ts"
import { Settings } from "../settings.ts"
import type { CodeFiles, NamedFile } from "./code/files.ts"
import { layout } from "./layout.ts"
import { remarks } from "./remarks.ts"
import type { Manifest } from "./results/manifest.ts"
import { type Publication, publisher } from "./results/publish.ts"
import { type ArtifactFile, reader } from "./results/reader.ts"
import type { StoredFile } from "./results/verify.ts"
import { FailureRecord, type RunRecord } from "./runs/record.ts"
import { failurePlace, readFailures, readRuns, takeRunNumber } from "./runs/runs.ts"
import { type Census, census } from "./upkeep/census.ts"
import { type Collected, type CollectOptions, collect } from "./upkeep/collect.ts"
import { type Pinned, pin, readPins, unpin } from "./upkeep/pin.ts"
import { type Holder, leases } from "./workspace/lease.ts"
import { present } from "./workspace/presence.ts"
import { notWritable, prepare, temporaryFolders } from "./workspace/temporary.ts"

export type { ArtifactFile } from "./results/reader.ts"

export interface StoreShape {
  /**
   * The same store for those who repair it: what is found damaged is set aside, so that it is computed again. A store that is only looked at
   * moves nothing, and notes for the next run what it found.
   */
  readonly repairing: StoreShape
  /** The result under a key, if it is whole as far as a look at the folder can tell. One of another format is left alone. */
  readonly manifest: (key: string) => Effect.Effect<Manifest | null>
  /** The files of one output, their bytes verified once. */
  readonly open: (manifest: Manifest, output: string) => Effect.Effect<ReadonlyArray<ArtifactFile>, ObjectDamaged>
  /** Where a file of an output lies, unverified. */
  readonly locate: (file: StoredFile) => string
  /** What was found damaged, or of another format, since this was last asked, a sentence each. */
  readonly damages: Effect.Effect<ReadonlyArray<string>>
  /** Newest first, whatever the clock said; those that cannot be read are left out. */
  readonly runs: Effect.Effect<ReadonlyArray<RunRecord>>
  /** The same, read one by one as they are asked for. */
  readonly history: () => Iterable<RunRecord>
  /** Keeps a list of the files that code was made from. */
  readonly keepFiles: (files: CodeFiles) => Effect.Effect<void, StoreNotWritable>
  /** A list that was kept; null if it is not there any more. */
  readonly filesThen: (digest: string) => ReadonlyArray<NamedFile> | null
  /** A number greater than that of any run before, which no other run gets. */
  readonly takeRunNumber: Effect.Effect<number, StoreNotWritable>
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
  /** Who has that right; null where nobody does, or where it is not known. */
  readonly leaseHolder: (key: string) => Effect.Effect<Holder | null>
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
  const rights = leases(places)
  const notes = remarks()
  const sound = new Set<string>()
  const keptFiles = new Set<string>()
  let number: number | undefined
  const writing = <A>(write: () => A) => Effect.try({ try: write, catch: (error) => notWritable(root, error) })
  const written = <A, R>(effect: Effect.Effect<A, never, R>) => Effect.catchDefect(effect, (error) => Effect.fail(notWritable(root, error)))

  const looking: Omit<StoreShape, "repairing"> = {
    ...reader(places, { repairing: false, remarks: notes, sound }),
    locate: ({ object }) => places.object(object),
    damages: Effect.sync(notes.take),
    runs: Effect.sync(() => [...readRuns(places, notes)]),
    history: () => readRuns(places, notes),
    keepFiles: ({ digest, list }) =>
      writing(() => {
        const file = places.files(digest)
        if (keptFiles.has(digest)) return
        keptFiles.add(digest)
        if (!fs.existsSync(file)) writeAtomically(file, JSON.stringify(list.map(({ name, sha256 }) => ({ name, sha256 }))))
      }),
    filesThen: (digest) => Option.getOrNull(decodeFiles(textOf(places.files(digest)) ?? "")),
    recordRun: (record) => writing(() => writeAtomically(places.run(record.run), `${JSON.stringify(record, null, 1)}\n`)),
    takeRunNumber: Effect.tap(
      writing(() => takeRunNumber(places)),
      (taken) =>
        Effect.sync(() => {
          number = taken
        }),
    ),
    present: (run) => written(present(places, run)),
    collect: (options) => writing(() => collect(places, readRuns(places, notes), options, notes)),
    pins: Effect.sync(() => readPins(places)),
    pin: (pinned) => writing(() => pin(places, pinned)),
    unpin: (key) => writing(() => unpin(places, key)),
    census: Effect.sync(() => census(places)),
    failures: Effect.sync(() => readFailures(places, notes)),
    checkpoint: places.checkpoint,
    forgetCheckpoint: (key) =>
      Effect.sync(() => {
        if (fs.existsSync(places.checkpoint(key))) fs.rmSync(places.checkpoint(key), { recursive: true, force: true })
      }),
    recordFailure: (record) =>
      writing(() => {
        const file = failurePlace(places, record.key)
        const numbered = number === undefined ? record : { ...record, number }
        writeAtomically(file, `${JSON.stringify(Schema.encodeSync(FailureRecord)(numbered), null, 1)}\n`)
        return file
      }),
    prepare: prepare(places, rights),
    temporaryFolder,
    tryLease: (key) => written(rights.tryLease(key)),
    leaseHolder: (key) => Effect.sync(() => rights.holder(key)),
    publish: (publication) =>
      Effect.uninterruptible(Effect.tryPromise({ try: () => publish(publication), catch: (error) => notWritable(root, error) })),
  }
  const repairing: StoreShape = {
    ...looking,
    ...reader(places, { repairing: true, remarks: notes, sound }),
    get repairing() {
      return repairing
    },
  }
  return { ...looking, repairing }
}

const decodeFiles = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Array(Schema.Struct({ name: Schema.String, sha256: Schema.String }))),
)
