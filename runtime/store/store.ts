/**
 * The store of a project: results by key, records of runs, and what processes need to share it. No
 * daemon and no database: files in one folder, of which nothing is written before it is needed.
 * Each part is a service of its own, so that another place can stand in for one of them: behind the
 * folder there may be a store that other machines share.
 */

import { Effect, Layer } from "effect"
import type { StoreNotReadable } from "../error.ts"
import { Settings } from "../settings.ts"
import { KeptAnswers } from "./answers/answers.ts"
import { CodeFiles } from "./code/files.ts"
import { Remarks } from "./remarks.ts"
import { SharedFiles } from "./remote/shared-files.ts"
import { Results } from "./results/results.ts"
import { Runs } from "./runs/runs.ts"
import { Upkeep } from "./upkeep/upkeep.ts"
import { Workspace } from "./workspace/workspace.ts"

export type Store = Results | Runs | Workspace | Upkeep | CodeFiles | KeptAnswers | Remarks | SharedFiles

const folderLayer = Layer.mergeAll(
  Results.layer,
  Runs.layer,
  Workspace.layer,
  Upkeep.layer,
  CodeFiles.layer,
  KeptAnswers.layer,
  SharedFiles.layer,
)

/**
 * The store that the settings name. Fails where it is a remote one that cannot be read. What talks
 * to an object store is loaded only where there is one.
 */
export const storeLayer: Layer.Layer<Store, StoreNotReadable, Settings> = Layer.unwrap(
  Effect.gen(function* () {
    const { remote } = yield* Settings
    if (remote == null) return folderLayer
    const { remoteLayer } = yield* Effect.promise(() => import("./remote/remote-layer.ts"))
    return remoteLayer(remote)
  }),
).pipe(Layer.provideMerge(Remarks.layer))
