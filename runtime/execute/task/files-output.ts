import { createReadStream } from "node:fs"
import { chmod, copyFile, lstat, rename, stat } from "node:fs/promises"
import type { ArtifactType } from "../../../dsl/artifact.ts"
import type { FilesOutput, NewContent } from "../../../dsl/index.ts"
import { writePieces } from "../../disk/write-pieces.ts"
import { filesDigest } from "../../fingerprint/logical.ts"
import type { WrittenOutput } from "../../store/results/publish.ts"
import { refuseLateBegin } from "./journal.ts"
import type { Writing } from "./output.ts"
import type { Sync } from "./sync.ts"

/** Takes over a file of the disk that is written to no more, under a name in an output. */
export type Adopt = (name: string, file: string) => Promise<void>

interface OpenFiles extends Writing {
  readonly sink: FilesOutput
  readonly adopt: Adopt
}

/** Files go to the folder under numbers, so that their names may be whatever a stage likes. */
export const openFiles = (prefix: string, name: string, type: ArtifactType, sync: Sync): OpenFiles => {
  const files = new Map<string, WrittenOutput["files"][number]>()
  /** Of files that are there or on their way. */
  const names = new Set<string>()
  let kept = 0
  let closed = false
  /** The place of a new file. */
  const reserve = (fileName: string): string => {
    checkName(name, fileName)
    if (names.has(fileName)) throw new Error(`output "${name}": "${fileName}" was written twice`)
    names.add(fileName)
    return `${prefix}.${names.size - 1}`
  }
  const write = async (fileName: string, content: NewContent): Promise<void> => {
    if (closed) throw new Error(`output "${name}": "${fileName}" was written after the stage had ended; await every write`)
    const file = reserve(fileName)
    const { sha256, bytes } = await writePieces(file, piecesOf(content))
    files.set(fileName, { name: fileName, object: sha256, bytes, path: file })
  }
  const adopt: Adopt = async (fileName, from) => {
    const file = reserve(fileName)
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
      begin: () => refuseLateBegin(name, names.size > 0),
      cut: async () => {
        const added = [...files.values()].slice(kept)
        kept = files.size
        return added
      },
      restore: async (fileName, from) => {
        await write(fileName, createReadStream(from, { highWaterMark: 1 << 22 }))
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

const piecesOf = (content: NewContent): Iterable<Uint8Array> | AsyncIterable<Uint8Array> => {
  if (typeof content === "string") return [Buffer.from(content, "utf8")]
  return content instanceof Uint8Array ? [content] : content
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
