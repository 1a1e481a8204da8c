import * as path from "node:path"
import { Effect } from "effect"
import { type RunSummary, Settings } from "../../runtime/index.ts"
import { copyOutput, folderOf } from "./artifact.ts"
import { fileName } from "./file-name.ts"

type Result = RunSummary["results"][number]

/**
 * Copies a result of a run to `<store>/latest/<pipeline>/<stage>/`, so that the newest figure is
 * always in the same place, and returns the paths.
 */
export const copyToLatest = Effect.fnUntraced(function* (pipeline: string, { id, output, manifest }: Result) {
  const { store } = yield* Settings
  const folder = path.join(store, "latest", fileName(pipeline), fileName(id), folderOf(manifest, output))
  return yield* copyOutput({ manifest, output }, folder, { existing: "replace" })
})
