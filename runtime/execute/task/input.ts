import { open, readFile, stat } from "node:fs/promises"
import type { ArtifactType } from "../../../dsl/artifact.ts"
import type { Columns, FileContent, FilesInput, InputMember, TableInput } from "../../../dsl/index.ts"
import type { TaskArtifact, TaskInput } from "./task.ts"

type Opened = TableInput<Columns> | FilesInput | ReadonlyArray<InputMember<ArtifactType>>

/** What a stage sees at one of its ports. */
export const openInput = async (port: string, input: TaskInput): Promise<Opened> =>
  input.kind === "one"
    ? openArtifact(port, input.artifact)
    : Promise.all(
        input.members.map(
          async ({ path, at, artifact }) => ({ path, at, input: await openArtifact(port, artifact) }) as InputMember<ArtifactType>,
        ),
      )

const openArtifact = async (port: string, artifact: TaskArtifact): Promise<TableInput<Columns> | FilesInput> => {
  if (artifact.kind === "table") {
    const { digest, columns, path } = artifact
    const { countRows, readBatches, readRows } = await import("../../../data/parquet/index.ts")
    const rows = artifact.rows ?? (await countRows(path))
    return { digest, rows, read: () => readRows(path, columns), batches: () => readBatches(path, columns) }
  }
  const paths = new Map(artifact.files.map(({ name, path }) => [name, path]))
  const names = [...paths.keys()]
  const pathOf = (name: string): string => {
    const path = paths.get(name)
    if (path === undefined) throw new Error(`input "${port}" has no file "${name}"; it has ${names.join(", ")}`)
    return path
  }
  return {
    digest: artifact.digest,
    names,
    read: async (name) => {
      const buffer = await readFile(pathOf(name))
      // A plain array: what a Buffer calls `slice` is not what others do.
      return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    },
    open: (name) => openContent(pathOf(name)),
  }
}

const openContent = async (path: string): Promise<FileContent> => ({
  size: (await stat(path)).size,
  read: async (start, end) => {
    const bytes = new Uint8Array(end - start)
    const handle = await open(path, "r")
    try {
      for (let filled = 0; filled < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled)
        if (bytesRead === 0) throw new Error(`${path} ended while it was read`)
        filled += bytesRead
      }
    } finally {
      await handle.close()
    }
    return bytes
  },
})
