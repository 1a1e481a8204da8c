import { Effect, Schema } from "effect"
import { Process, thisProcess } from "../../../disk/process.ts"
import type { StoreNotWritable } from "../../../error.ts"
import type { WorkspaceShape } from "../../workspace/workspace.ts"
import { remoteNotWritable } from "../objects/failure.ts"
import type { ObjectStore } from "../objects/object-store.ts"
import { Patience } from "../objects/patience.ts"
import type { Catalogue } from "../results/catalogue.ts"
import type { Life } from "./life.ts"
import type { RemoteLeases } from "./remote-leases.ts"

interface Parts {
  /** The workspace of this machine, which other processes on it share. */
  readonly local: WorkspaceShape
  readonly objects: ObjectStore
  readonly isWritable: Effect.Effect<boolean, StoreNotWritable>
  readonly life: Life
  readonly leases: RemoteLeases
  readonly catalogue: Catalogue
}

/** A run in progress, and the tag of the signs of life that its process gives. */
export const RemoteMark = Schema.Struct({ ...Process.fields, since: Schema.Finite, tag: Schema.String })

export const markPrefix = "running/"

/**
 * What processes on several machines need of each other. Temporary files and checkpoints stay on
 * the machine; leases and marks of runs are in its folder, and where the store may be written also
 * there.
 */
export const remoteWorkspace = ({ local, objects, isWritable, life, leases, catalogue }: Parts): WorkspaceShape => {
  const whereWritable = <A, R>(effect: Effect.Effect<A, StoreNotWritable, R>, otherwise: A) =>
    Effect.flatMap(isWritable, (may): Effect.Effect<A, StoreNotWritable, R> => (may ? effect : Effect.succeed(otherwise)))
  const begin = Effect.mapError(life.begin, remoteNotWritable)

  const mark = (run: string) =>
    Effect.gen(function* () {
      const name = `${markPrefix}${run}`
      const text = JSON.stringify({ ...thisProcess(), since: yield* objects.now, tag: life.tag })
      yield* Effect.acquireRelease(objects.write(name, Buffer.from(text), { ifAbsent: false }), () =>
        objects.remove([name]).pipe(Effect.provideService(Patience, "5 seconds"), Effect.ignore),
      )
    }).pipe(Effect.mapError(remoteNotWritable))

  return {
    ...local,
    prepare: Effect.andThen(local.prepare, whereWritable(begin, undefined)),
    present: (run) => Effect.andThen(whereWritable(Effect.andThen(begin, mark(run)), undefined), local.present(run)),
    tryLease: (key) =>
      Effect.gen(function* () {
        if (!(yield* local.tryLease(key))) return false
        const remote = Effect.andThen(begin, Effect.mapError(leases.tryLease(key), remoteNotWritable))
        const isOurs = yield* whereWritable(remote, true)
        // Another machine may have computed it a moment ago.
        if (isOurs) catalogue.forget(key)
        return isOurs
      }),
    leaseHolder: (key) => Effect.map(local.leaseHolder(key), (holder) => holder ?? leases.holder(key)),
  }
}
