import * as fs from "node:fs"
import { Effect, type Scope } from "effect"
import { makeFolder } from "../../disk/folder.ts"
import type { StoreNotWritable } from "../../error.ts"
import type { Layout } from "../layout.ts"
import { hasResult } from "../results/result.ts"
import { writing } from "../writing.ts"
import type { Leases } from "./lease.ts"
import { temporaryPath } from "./owned-path.ts"
import { claimTemporary, clearTemporary } from "./owner.ts"

/**
 * Temporary folders in the store, each removed with its scope. One that is empty by then, because
 * everything in it was published, is used again: making and removing a folder takes longer than
 * many a stage.
 */
export const temporaryFolders = (
  layout: Layout,
): { readonly one: Effect.Effect<string, StoreNotWritable, Scope.Scope>; readonly removeSpare: Effect.Effect<void> } => {
  const spare: Array<string> = []
  let release: (() => void) | undefined
  const acquire = (): string => {
    release ??= claimTemporary(layout)
    for (let folder = spare.pop(); folder !== undefined; folder = spare.pop()) if (fs.existsSync(folder)) return folder
    makeFolder(layout.temporary)
    return fs.mkdtempSync(temporaryPath(layout, ""))
  }
  const releaseFolder = (folder: string): void => {
    if (isEmpty(folder)) spare.push(folder)
    else fs.rmSync(folder, { recursive: true, force: true })
  }
  return {
    one: Effect.acquireRelease(writing(layout.root, acquire), (folder) => Effect.sync(() => releaseFolder(folder))),
    removeSpare: Effect.sync(() => {
      for (const folder of spare.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
      release?.()
      release = undefined
    }),
  }
}

const isEmpty = (folder: string): boolean => {
  try {
    return fs.readdirSync(folder).length === 0
  } catch {
    return false
  }
}

/** Makes the store's folders and clears what processes left in them that have ended. */
export const prepare = (layout: Layout, leases: Leases): Effect.Effect<void, StoreNotWritable> =>
  writing(layout.root, () => {
    makeFolder(layout.temporary)
    makeFolder(layout.runs)
    fs.accessSync(layout.temporary, fs.constants.W_OK)
    leases.clearAbandoned()
    clearFinished(layout)
    clearTemporary(layout)
  })

/**
 * Clears the checkpoints of finished stages: a process that is killed between publishing and
 * clearing leaves one that nothing reads.
 */
const clearFinished = (layout: Layout): void => {
  if (!fs.existsSync(layout.checkpoints)) return
  for (const key of fs.readdirSync(layout.checkpoints)) {
    const isComputed = hasResult(layout, key) && !fs.existsSync(layout.lease(key))
    if (isComputed) fs.rmSync(layout.checkpoint(key), { recursive: true, force: true })
  }
}
