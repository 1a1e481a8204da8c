import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, type Scope } from "effect"
import { makeFolder } from "../bundle/folder.ts"
import { StoreNotWritable } from "../error.ts"
import type { Layout } from "./layout.ts"
import { clearAbandoned, isAlive } from "./lease.ts"

/** A folder of one's own in the store, gone with the scope. Its name tells whose it is. */
export const temporaryFolder = (layout: Layout): Effect.Effect<string, StoreNotWritable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        makeFolder(layout.temporary)
        return fs.mkdtempSync(path.join(layout.temporary, `${os.hostname()}.${process.pid}.`))
      },
      catch: (error) => notWritable(layout.root, error),
    }),
    (folder) => Effect.sync(() => removeFolder(folder)),
  )

/** Mostly it is empty: all that was in it has been published. */
const removeFolder = (folder: string): void => {
  try {
    fs.rmdirSync(folder)
  } catch {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** Makes the store's folders and clears what killed processes of this machine left in them. */
export const prepare = (layout: Layout): Effect.Effect<void, StoreNotWritable> =>
  Effect.try({
    try: () => {
      makeFolder(layout.temporary)
      makeFolder(layout.runs)
      fs.accessSync(layout.temporary, fs.constants.W_OK)
      clearAbandoned(layout.leases)
      for (const name of fs.readdirSync(layout.temporary)) {
        const [, pid] = name.slice(os.hostname().length).split(".")
        const ours = name.startsWith(`${os.hostname()}.`)
        if (ours && !isAlive(Number(pid))) fs.rmSync(path.join(layout.temporary, name), { recursive: true, force: true })
      }
    },
    catch: (error) => notWritable(layout.root, error),
  })

export const notWritable = (folder: string, error: unknown): StoreNotWritable =>
  new StoreNotWritable({
    path: folder,
    message: `the store ${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}; make room or change its permissions, or set ASSAY_STORE to another folder`,
  })
