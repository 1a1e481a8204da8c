import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Context, Effect, Layer } from "effect"
import { makeFolder } from "../../disk/folder.ts"
import { textOf } from "../../disk/text.ts"
import { writeAtomically } from "../../disk/write.ts"
import type { StoreNotReadable, StoreNotWritable } from "../../error.ts"
import { Settings } from "../../settings.ts"
import { type Layout, layout } from "../layout.ts"
import { writing } from "../writing.ts"

export interface SharedFilesShape {
  /**
   * Makes a file of the store's folder visible to other machines. Nothing to do where the folder
   * itself is the store.
   */
  readonly share: (relative: string) => Effect.Effect<void, StoreNotWritable>
  /** Brings a file of the store into its folder; false where the store has none. */
  readonly fetch: (relative: string) => Effect.Effect<boolean, StoreNotReadable>
  /**
   * Identity of the store, the same for all machines that share it: a random name, which is kept in
   * the store itself.
   */
  readonly identity: Effect.Effect<string, StoreNotWritable | StoreNotReadable>
}

/**
 * Single files of the store, by their paths in its layout, for what works with them on several
 * machines.
 */
export class SharedFiles extends Context.Service<SharedFiles, SharedFilesShape>()("assay/runtime/SharedFiles") {
  static readonly layer: Layer.Layer<SharedFiles, never, Settings> = Layer.effect(
    SharedFiles,
    Effect.map(Settings, ({ store }) => folderFiles(layout(store))),
  )
}

/** Those of a store that is a folder: all who share it see the same files. */
const folderFiles = (places: Layout): SharedFilesShape => ({
  share: () => Effect.void,
  fetch: (relative) => Effect.sync(() => fs.existsSync(path.join(places.root, relative))),
  identity: writing(places.root, () => identityIn(places)),
})

/** Of several processes that open a new store, one names it. Throws what the file system throws. */
const identityIn = ({ root, identity }: Layout): string => {
  const known = textOf(identity)?.trim()
  if (known !== undefined && known !== "") return known
  const draft = path.join(root, `identity.${randomUUID()}.tmp`)
  makeFolder(root)
  writeAtomically(draft, `${randomUUID()}\n`)
  try {
    // A link, unlike a rename, replaces nothing.
    fs.linkSync(draft, identity)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  } finally {
    fs.rmSync(draft, { force: true })
  }
  return (textOf(identity) ?? "").trim()
}
