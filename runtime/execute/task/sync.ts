import { open } from "node:fs/promises"

/** Waits until a file's bytes, or a folder's names, are on the disk. */
export type Sync = (path: string) => Promise<void>

/**
 * Where the file system can be asked: Node's permissions refuse that to the process of a user's
 * stage, which asks its parent.
 */
export const syncToDisk: Sync = async (path) => {
  const handle = await open(path, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
