import { createHash } from "node:crypto"
import { open, readFile, rename } from "node:fs/promises"
import * as path from "node:path"
import type { Resume } from "../../dsl/index.ts"
import { makeFolder } from "../bundle/folder.ts"

/** Bytes of the SHA-256 in front of what was saved. */
const digestBytes = 32

/**
 * Where a long stage has got to, in a file of the store under its key: a stage that is killed goes on from there. What was not
 * written whole is as if it had not been saved. Without a place nothing is kept. Drafts are written to `folder`, the stage's own.
 */
export const resumeFrom = (file: string | null, folder: string): Resume => ({
  load: async () => {
    const saved = file === null ? null : await readFile(file).catch(() => null)
    if (saved === null || saved.length < digestBytes) return undefined
    const bytes = saved.subarray(digestBytes)
    return digest(bytes).equals(saved.subarray(0, digestBytes)) ? new Uint8Array(bytes) : undefined
  },
  save: async (bytes) => {
    if (file === null) return
    makeFolder(path.dirname(file))
    const draft = path.join(folder, "checkpoint")
    const handle = await open(draft, "w")
    try {
      await handle.writeFile(digest(bytes))
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  },
})

const digest = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest()
