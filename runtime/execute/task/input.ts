import { open, readFile, stat } from "node:fs/promises"
import type { ArtifactType } from "../../../dsl/artifact.ts"
import type { Columns, FileContent, FilesInput, InputMember, TableInput } from "../../../dsl/index.ts"
import { sha256 } from "../../disk/sha256.ts"
import type { OpenServices } from "./open-services.ts"
import type { Plugins } from "./plugins.ts"
import type { TaskArtifact, TaskInput } from "./task.ts"

interface About {
  readonly plugins: Plugins
  readonly services: OpenServices
}

type Opened = TableInput<Columns> | FilesInput | ReadonlyArray<InputMember<ArtifactType>>

/** What a stage sees at one of its ports. */
export const openInput = async (port: string, input: TaskInput, about: About): Promise<Opened> =>
  input.kind === "one"
    ? openArtifact(port, input.artifact, [port], about)
    : Promise.all(
        input.members.map(async ({ path, at, artifact }, index) => {
          const opened = await openArtifact(port, artifact, [port, String(index)], about)
          return { path, at, input: opened } as InputMember<ArtifactType>
        }),
      )

const openArtifact = async (
  port: string,
  artifact: TaskArtifact,
  place: ReadonlyArray<string>,
  about: About,
): Promise<TableInput<Columns> | FilesInput> => {
  if (artifact.kind === "table") {
    const { digest, columns, path } = artifact
    const { countRows, readBatches, readRows } = await import("../../../data/parquet/index.ts")
    const rows = artifact.rows ?? (await countRows(path))
    return { digest, rows, read: () => readRows(path, columns), batches: () => readBatches(path, columns) }
  }
  return openFiles(port, artifact, place, about)
}

const openFiles = (
  port: string,
  { digest, files }: Pick<Extract<TaskArtifact, { readonly kind: "files" }>, "digest" | "files">,
  place: ReadonlyArray<string>,
  about: About,
): FilesInput => {
  const paths = new Map(files.map(({ name, path }) => [name, path]))
  const names = [...paths.keys()]
  const pathOf = (name: string): string => {
    const path = paths.get(name)
    if (path === undefined) throw new Error(`input "${port}" has no file "${name}"; it has ${names.join(", ")}`)
    return path
  }
  return {
    digest,
    names,
    read: async (name) => {
      const buffer = await readFile(pathOf(name))
      // A plain array: what a Buffer calls `slice` is not what others do.
      return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    },
    open: (name) => openContent(pathOf(name)),
    plugin: (carried) => about.plugins.load(carried === undefined ? place : [...place, carried]),
    ...about.services.at(place, digest),
    within: (folder) => {
      const inside = files.flatMap(({ name, path }) =>
        name.startsWith(`${folder}/`) ? [{ name: name.slice(folder.length + 1), path }] : [],
      )
      if (inside.length === 0) throw new Error(`input "${port}" has no folder "${folder}"; it has ${names.join(", ")}`)
      return openFiles(port, { digest: sha256("folder of an artifact", `${digest} ${folder}`), files: inside }, [...place, folder], about)
    },
  }
}

/** Bytes of one read: Node refuses one of 2 GiB or more. */
const readBytes = 2 ** 30

const openContent = async (path: string): Promise<FileContent> => ({
  size: (await stat(path)).size,
  read: async (start, end) => {
    const bytes = new Uint8Array(end - start)
    const handle = await open(path, "r")
    try {
      for (let filled = 0; filled < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, filled, Math.min(bytes.length - filled, readBytes), start + filled)
        if (bytesRead === 0) throw new Error(`${path} ended while it was read`)
        filled += bytesRead
      }
    } finally {
      await handle.close()
    }
    return bytes
  },
})
