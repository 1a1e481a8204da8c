import * as fs from "node:fs"
import { Effect, type Scope } from "effect"
import { makeFolder } from "../../disk/folder.ts"
import { StoreNotWritable } from "../../error.ts"
import type { Layout } from "../layout.ts"
import { hasResult } from "../results/result.ts"
import type { Leases } from "./lease.ts"
import { temporaryPath } from "./owned-path.ts"
import { claimTemporary, clearTemporary } from "./owner.ts"

/**
 * Folders of one's own in the store, each gone with its scope. One that is empty again, because all that was in it has
 * been published, is lent once more: to make and remove a folder takes longer than many a stage.
 */
export const temporaryFolders = (
  layout: Layout,
): { readonly one: Effect.Effect<string, StoreNotWritable, Scope.Scope>; readonly removeSpare: Effect.Effect<void> } => {
  const spare: Array<string> = []
  let release: (() => void) | undefined
  const take = (): string => {
    release ??= claimTemporary(layout)
    for (let folder = spare.pop(); folder !== undefined; folder = spare.pop()) if (fs.existsSync(folder)) return folder
    makeFolder(layout.temporary)
    return fs.mkdtempSync(temporaryPath(layout, ""))
  }
  const giveBack = (folder: string): void => {
    if (isEmpty(folder)) spare.push(folder)
    else fs.rmSync(folder, { recursive: true, force: true })
  }
  return {
    one: Effect.acquireRelease(Effect.try({ try: take, catch: (error) => notWritable(layout.root, error) }), (folder) =>
      Effect.sync(() => giveBack(folder)),
    ),
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
  Effect.try({
    try: () => {
      makeFolder(layout.temporary)
      makeFolder(layout.runs)
      fs.accessSync(layout.temporary, fs.constants.W_OK)
      leases.clearAbandoned()
      clearFinished(layout)
      clearTemporary(layout)
    },
    catch: (error) => notWritable(layout.root, error),
  })

/** Clears how far stages had got that are done: of a process that was killed between publishing a result and forgetting the way to it, nobody would ask again. */
const clearFinished = (layout: Layout): void => {
  if (!fs.existsSync(layout.checkpoints)) return
  for (const key of fs.readdirSync(layout.checkpoints)) {
    const isComputed = hasResult(layout, key) && !fs.existsSync(layout.lease(key))
    if (isComputed) fs.rmSync(layout.checkpoint(key), { recursive: true, force: true })
  }
}

export const notWritable = (folder: string, error: unknown): StoreNotWritable =>
  new StoreNotWritable({
    path: folder,
    message: `the store ${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}; make room or change its permissions, or set ASSAY_STORE to another folder`,
  })
