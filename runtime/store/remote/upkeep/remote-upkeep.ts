import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, type Scope } from "effect"
import { StoreNotWritable } from "../../../error.ts"
import type { Layout } from "../../layout.ts"
import type { RemarksShape } from "../../remarks.ts"
import { foreignRuns } from "../../runs/read.ts"
import type { RunsShape } from "../../runs/runs.ts"
import type { Collected, CollectOptions } from "../../upkeep/collect.ts"
import type { UpkeepShape } from "../../upkeep/upkeep.ts"
import type { Life } from "../life/life.ts"
import type { RemoteLeases } from "../life/remote-leases.ts"
import { nameOf } from "../names.ts"
import { notReadable, type Remote, type RemoteFailure, remoteNotWritable } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"
import { answersPrefix } from "../remote-answers.ts"
import type { Packs } from "../results/packs.ts"
import type { Mirror } from "../runs/mirror.ts"
import { contentsOf, listAll } from "./contents.ts"
import { collectRemote } from "./remote-collect.ts"

interface Parts {
  readonly layout: Layout
  /** The upkeep of the local folder. */
  readonly local: UpkeepShape
  readonly objects: ObjectStore
  readonly isWritable: Effect.Effect<boolean, StoreNotWritable>
  readonly life: Life
  readonly leases: RemoteLeases
  readonly mirror: Mirror
  readonly packs: Packs
  readonly runs: RunsShape
  readonly remarks: RemarksShape
}

/** The key under which a collection has its lease. */
const leaseKey = "collection"

/**
 * What a remote store holds, what stays in it and what goes; and then the folder in front of it.
 */
export const remoteUpkeep = ({ layout, local, objects, isWritable, life, leases, mirror, packs, runs, remarks }: Parts): UpkeepShape => {
  const read = <A>(effect: Remote<A>): Effect.Effect<A> => Effect.orDie(Effect.mapError(effect, notReadable))
  const refuse = (reason: string) => new StoreNotWritable({ path: objects.name, message: `the store ${objects.name} ${reason}` })

  const alone = <A>(work: Effect.Effect<A, RemoteFailure>): Effect.Effect<A, StoreNotWritable, Scope.Scope> =>
    Effect.gen(function* () {
      yield* Effect.mapError(life.begin, remoteNotWritable)
      if (!(yield* Effect.mapError(leases.tryLease(leaseKey), remoteNotWritable)))
        return yield* refuse("is being collected by another process: wait until it has ended")
      return yield* Effect.mapError(work, remoteNotWritable)
    })

  const collectShared = Effect.fnUntraced(function* (options: CollectOptions) {
    const history = yield* runs.all
    return yield* collectRemote({ ...options, objects, packs, tag: life.tag, history, foreignRuns: foreignRuns(layout), remarks })
  })

  /**
   * The folder in front of the store: packs that are gone there, and what a folder's own rules say.
   */
  const collectCache = Effect.fnUntraced(function* (options: CollectOptions) {
    const packed = new Set((yield* read(listAll(objects, "packs/"))).map(({ name }) => path.posix.basename(name)))
    for (const name of !options.dry && fs.existsSync(layout.packs) ? fs.readdirSync(layout.packs) : [])
      if (!packed.has(name)) fs.rmSync(layout.pack(name), { force: true })
    return yield* local.collect(options)
  })

  const mirrorPins = Effect.gen(function* () {
    yield* mirror.bring("pins/")
    const there = new Set((yield* listAll(objects, "pins/")).map(({ name }) => path.posix.basename(name)))
    for (const name of fs.existsSync(layout.pins) ? fs.readdirSync(layout.pins) : [])
      if (!there.has(name)) fs.rmSync(path.join(layout.pins, name), { force: true })
  })

  const whereWritable = <A>(effect: Effect.Effect<A, StoreNotWritable>): Effect.Effect<A, StoreNotWritable> =>
    Effect.flatMap(isWritable, (may) => (may ? effect : Effect.fail(refuse("may not be written with this key"))))

  return {
    collect: (options) =>
      Effect.gen(function* () {
        yield* read(mirrorPins)
        const may = options.dry || (yield* isWritable)
        if (!may) return yield* collectCache(options)
        const shared: Collected = options.dry
          ? yield* Effect.mapError(collectShared(options), remoteNotWritable)
          : yield* alone(collectShared(options))
        const { objects: count, bytes } = yield* collectCache(options)
        return { ...shared, cache: { folder: layout.root, objects: count, bytes } }
      }).pipe(Effect.scoped),
    pins: Effect.andThen(read(mirrorPins), local.pins),
    pin: (pinned) =>
      whereWritable(
        Effect.gen(function* () {
          yield* local.pin(pinned)
          const name = nameOf(layout, layout.pin(pinned.key))
          const { etag } = yield* Effect.mapError(
            objects.write(name, fs.readFileSync(layout.pin(pinned.key)), { ifAbsent: false }),
            remoteNotWritable,
          )
          mirror.note(name, etag)
        }),
      ),
    unpin: (key) =>
      whereWritable(
        Effect.gen(function* () {
          const name = nameOf(layout, layout.pin(key))
          const was = (yield* read(objects.head(name))) !== null
          yield* Effect.mapError(objects.remove([name]), remoteNotWritable)
          yield* local.unpin(key)
          return was
        }),
      ),
    census: read(
      Effect.gen(function* () {
        const { readable, damaged, foreign } = yield* contentsOf(objects, packs)
        const stored = yield* listAll(objects, "objects/")
        const count = (prefix: string) => Effect.map(listAll(objects, prefix), ({ length }) => length)
        return {
          results: readable.length + damaged.length + foreign.length,
          foreign: foreign.length,
          objects: stored.length,
          bytes: stored.reduce((sum, { bytes }) => sum + bytes, 0),
          pins: yield* count("pins/"),
          quarantined: yield* count("quarantine/"),
          failures: yield* count("failures/"),
          answers: (yield* listAll(objects, answersPrefix)).reduce((sum, { bytes }) => sum + bytes, 0),
        }
      }),
    ),
  }
}
