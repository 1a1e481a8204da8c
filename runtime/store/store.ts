/**
 * The store of a project: results by key, records of runs, and what processes need to share it. No
 * daemon and no database: files in one folder, of which nothing is written before it is needed.
 * Each part is a service of its own, so that another place can stand in for one of them.
 */

import { Layer } from "effect"
import type { Settings } from "../settings.ts"
import { CodeFiles } from "./code/files.ts"
import { Remarks } from "./remarks.ts"
import { Results } from "./results/results.ts"
import { Runs } from "./runs/runs.ts"
import { Upkeep } from "./upkeep/upkeep.ts"
import { Workspace } from "./workspace/workspace.ts"

export type Store = Results | Runs | Workspace | Upkeep | CodeFiles | Remarks

/** The store in the folder that the settings name. */
export const storeLayer: Layer.Layer<Store, never, Settings> = Layer.mergeAll(
  Results.layer,
  Runs.layer,
  Workspace.layer,
  Upkeep.layer,
  CodeFiles.layer,
).pipe(Layer.provideMerge(Remarks.layer))
