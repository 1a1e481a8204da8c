import { readFile } from "node:fs/promises"
import { readBatches, readRows } from "../../data/parquet/index.ts"
import type { ArtifactType } from "../../dsl/artifact.ts"
import type { Columns, FilesInput, InputMember, TableInput } from "../../dsl/index.ts"
import type { TaskArtifact, TaskInput } from "./task.ts"

type Opened = TableInput<Columns> | FilesInput | ReadonlyArray<InputMember<ArtifactType>>

/** What a stage sees at one of its ports. */
export const openInput = (port: string, input: TaskInput): Opened =>
  input.kind === "one"
    ? openArtifact(port, input.artifact)
    : input.members.map(({ path, at, artifact }) => ({ path, at, input: openArtifact(port, artifact) }) as InputMember<ArtifactType>)

const openArtifact = (port: string, artifact: TaskArtifact): TableInput<Columns> | FilesInput => {
  if (artifact.kind === "table") {
    const { digest, rows, columns, path } = artifact
    return { digest, rows, read: () => readRows(path, columns), batches: () => readBatches(path, columns) }
  }
  const paths = new Map(artifact.files.map(({ name, path }) => [name, path]))
  const names = [...paths.keys()]
  return {
    digest: artifact.digest,
    names,
    read: async (name) => {
      const path = paths.get(name)
      if (path === undefined) throw new Error(`input "${port}" has no file "${name}"; it has ${names.join(", ")}`)
      return readFile(path)
    },
  }
}
