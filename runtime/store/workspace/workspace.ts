import * as fs from "node:fs"
import { Context, Effect, Layer, type Scope } from "effect"
import type { StoreNotWritable } from "../../error.ts"
import { Settings } from "../../settings.ts"
import { type Layout, layout } from "../layout.ts"
import { type Holder, leases } from "./lease.ts"
import { present } from "./presence.ts"
import { prepare, temporaryFolders } from "./temporary.ts"

export interface WorkspaceShape {
  /** Checks that the store can be written, and clears what killed processes left. */
  readonly prepare: Effect.Effect<void, StoreNotWritable>
  readonly temporaryFolder: Effect.Effect<string, StoreNotWritable, Scope.Scope>
  /**
   * Says, while the scope is open, that a run uses the store: nothing that it looks at is
   * collected.
   */
  readonly present: (run: string) => Effect.Effect<void, StoreNotWritable, Scope.Scope>
  /** The right to compute a key, while the scope is open; false if another process has it. */
  readonly tryLease: (key: string) => Effect.Effect<boolean, StoreNotWritable, Scope.Scope>
  /** The process that holds that right; null where none does, or where it is not known. */
  readonly leaseHolder: (key: string) => Effect.Effect<Holder | null>
  /** The folder where a stage may keep its progress until it ends. */
  readonly checkpoint: (key: string) => string
  readonly forgetCheckpoint: (key: string) => Effect.Effect<void>
}

/** What processes need of the store while they compute, and what tells them of each other. */
export class Workspace extends Context.Service<Workspace, WorkspaceShape>()("assay/runtime/Workspace") {
  static readonly layer: Layer.Layer<Workspace, never, Settings> = Layer.effect(
    Workspace,
    Effect.flatMap(Settings, ({ store }) => folderWorkspace(layout(store))),
  )
}

/** The workspace in a folder, until the scope closes. */
export const folderWorkspace = (places: Layout): Effect.Effect<WorkspaceShape, never, Scope.Scope> =>
  Effect.gen(function* () {
    const held = leases(places)
    const folders = temporaryFolders(places)
    yield* Effect.addFinalizer(() => folders.removeSpare)
    return {
      prepare: prepare(places, held),
      temporaryFolder: folders.one,
      present: (run) => present(places, run),
      tryLease: held.tryLease,
      leaseHolder: (key) => Effect.sync(() => held.holder(key)),
      checkpoint: places.checkpoint,
      forgetCheckpoint: (key) =>
        Effect.sync(() => {
          if (fs.existsSync(places.checkpoint(key))) fs.rmSync(places.checkpoint(key), { recursive: true, force: true })
        }),
    }
  })
