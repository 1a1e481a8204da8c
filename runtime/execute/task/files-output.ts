import { chmod, copyFile, lstat, readFile, rename, stat, writeFile } from "node:fs/promises"
import type { ArtifactType } from "../../../dsl/artifact.ts"
import { sha256 } from "../../disk/sha256.ts"
import { filesDigest } from "../../fingerprint/logical.ts"
import type { WrittenOutput } from "../../store/results/publish.ts"
import { refuseLateBegin } from "./journal.ts"
import type { Writing } from "./output.ts"
import type { Sync } from "./sync.ts"

/** Takes over a file of the disk that is written to no more, under a name in an output. */
export type Adopt = (name: string, file: string) => Promise<void>

/** Files go to the folder under numbers, so that their names may be whatever a stage likes. */
export const openFiles = (prefix: string, name: string, type: ArtifactType, sync: Sync): Writing & { readonly adopt: Adopt } => {
  const files = new Map<string, WrittenOutput["files"][number]>()
  let kept = 0
  let closed = false
  const write = async (fileName: string, content: Uint8Array | string): Promise<void> => {
    if (closed) throw new Error(`output "${name}": "${fileName}" was written after the stage had ended; await every write`)
    checkName(name, fileName)
    if (files.has(fileName)) throw new Error(`output "${name}": "${fileName}" was written twice`)
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content
    const file = `${prefix}.${files.size}`
    files.set(fileName, { name: fileName, object: sha256("content", bytes), bytes: bytes.length, path: file })
    await writeFile(file, bytes)
  }
  const adopt: Adopt = async (fileName, from) => {
    checkName(name, fileName)
    const file = `${prefix}.${files.size}`
    // What a link leads to is not ours.
    if ((await lstat(from)).isSymbolicLink()) await copyFile(from, file)
    else await rename(from, file)
    const { fileSha256 } = await import("../../store/results/verify.ts")
    files.set(fileName, { name: fileName, object: await fileSha256(file), bytes: (await stat(file)).size, path: file })
  }
  return {
    sink: { write },
    adopt,
    journal: {
      begin: () => refuseLateBegin(name, files.size > 0),
      cut: async () => {
        const added = [...files.values()].slice(kept)
        kept = files.size
        return added
      },
      restore: async (fileName, from) => {
        await write(fileName, await readFile(from))
        kept = files.size
      },
    },
    close: async () => {
      closed = true
      const written = [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
      if (written.length === 0) throw new Error(`output "${name}": the stage wrote no file to it`)
      await Promise.all(written.map(({ path }) => finishFile(path, sync)))
      const bytes = written.reduce((sum, file) => sum + file.bytes, 0)
      return { artifact: type.name, kind: "files", digest: filesDigest(written), bytes, files: written }
    },
    abort: async () => {
      closed = true
    },
  }
}

/**
 * Puts a file on the disk, to be written to no more. Here, beside other stages, rather than in the
 * one process that publishes.
 */
export const finishFile = async (file: string, sync: Sync): Promise<void> => {
  await sync(file)
  await chmod(file, 0o444)
}

/** A name must stay inside of the folder that the artifact is exported to, on every system. */
const checkName = (output: string, name: string): void => {
  const segments = name.split("/")
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..") || /[\\:\0]/.test(name)) {
    throw new Error(`output "${output}": "${name}" is not a file name; use names divided by "/", without "..", "\\" or ":"`)
  }
}
