import * as fs from "node:fs"
import { Effect } from "effect"
import type { StoreNotWritable } from "../../../error.ts"
import type { Layout } from "../../layout.ts"
import type { RunRecord } from "../../runs/record.ts"
import type { RunsShape } from "../../runs/runs.ts"
import { nameOf } from "../names.ts"
import { notReadable, type Remote, remoteNotWritable } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"
import type { Packs } from "../results/packs.ts"
import type { Mirror } from "./mirror.ts"
import { takeRemoteNumber } from "./run-numbers.ts"

interface Parts {
  readonly layout: Layout
  /** The runs in the local folder: this machine's, and copies of those of others. */
  readonly local: RunsShape
  readonly objects: ObjectStore
  readonly isWritable: Effect.Effect<boolean, StoreNotWritable>
  readonly mirror: Mirror
  readonly packs: Packs
  /** Called when a reader looks at runs without waiting for the store. */
  readonly asked: () => void
}

/** Seconds between two records of a run in progress that go to the store. */
const recordEverySeconds = 10

/** The runs of all machines: records are copied here, and written to both places. */
export const remoteRuns = ({ layout, local, objects, isWritable, mirror, packs, asked }: Parts): RunsShape => {
  const read = <A>(effect: Remote<A>): Effect.Effect<A> => Effect.orDie(Effect.mapError(effect, notReadable))
  const write = <A>(effect: Remote<A>): Effect.Effect<void, StoreNotWritable> =>
    Effect.flatMap(isWritable, (may) => (may ? Effect.asVoid(Effect.mapError(effect, remoteNotWritable)) : Effect.void))
  let number: number | undefined
  let recordedAt = Number.NEGATIVE_INFINITY

  /** Copies a file of the local folder to the store. */
  const copyOut = Effect.fnUntraced(function* (file: string) {
    const name = nameOf(layout, file)
    const bytes = fs.readFileSync(file)
    const { etag } = yield* objects.write(name, bytes, { ifAbsent: false })
    mirror.note(name, etag)
    return { name, etag, text: bytes.toString() }
  })

  const recordRemotely = Effect.fnUntraced(function* ({ run, outcome }: RunRecord) {
    const isEnded = outcome !== "unfinished"
    if (!isEnded && performance.now() - recordedAt < recordEverySeconds * 1000) return
    recordedAt = performance.now()
    const written = yield* copyOut(layout.run(run))
    if (isEnded) packs.add(written, "written")
  })

  return {
    ...local,
    all: Effect.andThen(read(mirror.bring("runs/")), local.all),
    one: (run) => Effect.andThen(read(mirror.bringOne(nameOf(layout, layout.run(run)))), local.one(run)),
    history: () => {
      asked()
      return local.history()
    },
    takeNumber: Effect.flatMap(isWritable, (may) =>
      (may ? Effect.mapError(takeRemoteNumber(objects), remoteNotWritable) : local.takeNumber).pipe(
        Effect.tap((taken) =>
          Effect.sync(() => {
            number = taken
          }),
        ),
      ),
    ),
    record: (run) => Effect.andThen(local.record(run), write(recordRemotely(run))),
    keepWiring: (wiring) =>
      Effect.tap(local.keepWiring(wiring), (digest) => {
        const file = layout.wiring(digest)
        return fs.existsSync(file) ? Effect.ignore(write(objects.upload(nameOf(layout, file), file, { ifAbsent: true }))) : Effect.void
      }),
    wiring: Effect.fnUntraced(function* (digest) {
      const here = yield* local.wiring(digest)
      if (here !== null) return here
      yield* read(mirror.bringOne(nameOf(layout, layout.wiring(digest))))
      return yield* local.wiring(digest)
    }),
    failures: Effect.andThen(read(mirror.bring("failures/")), local.failures),
    recordFailure: Effect.fnUntraced(function* (failure) {
      const file = yield* local.recordFailure(number === undefined ? failure : { ...failure, number })
      yield* write(copyOut(file))
      return file
    }),
  }
}
