import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { readFile, writeFile } from "node:fs/promises"
import * as path from "node:path"
import { ColumnError, DataFileError } from "../../data/error.ts"
import { openTableWriter, type TableWriter } from "../../data/parquet/index.ts"
import type { ArtifactType } from "../../dsl/artifact.ts"
import type { Columns, FilesOutput, TableOutput } from "../../dsl/index.ts"
import { filesDigest } from "../fingerprint/logical.ts"
import type { WrittenOutput } from "../store/publish.ts"
import { sha256 } from "../store/verify.ts"
import { begins, type Journal, tableJournal } from "./journal.ts"

/** An output while its stage runs: what the stage writes to, and what becomes of it. */
interface OpenOutput {
  readonly sink: TableOutput<Columns> | FilesOutput
  readonly close: () => Promise<WrittenOutput>
  readonly abort: () => Promise<void>
  readonly journal: Journal
}

export const openOutput = (folder: string, index: number, name: string, type: ArtifactType): Promise<OpenOutput> =>
  type.kind === "table" ? openTable(path.join(folder, String(index)), name, type) : openFiles(path.join(folder, String(index)), name, type)

const openTable = async (prefix: string, name: string, type: Extract<ArtifactType, { kind: "table" }>): Promise<OpenOutput> => {
  const file = `${prefix}.parquet`
  const writer = namingOutput(name, await openTableWriter(file, type.columns))
  const { sink, journal, abort } = tableJournal({ prefix, name, columns: type.columns, writer })
  return {
    sink,
    journal,
    close: async () => {
      await abort()
      const { rows, bytes, digest } = await writer.close()
      const object = await sha256(file)
      finish(file)
      return { artifact: type.name, kind: "table", digest, rows, bytes, files: [{ name: `${name}.parquet`, object, bytes, path: file }] }
    },
    abort: async () => {
      await abort()
      await writer.abort()
    },
  }
}

/** A writer whose errors name the output: of the file under it, in a temporary folder, nobody has heard. */
const namingOutput = (name: string, writer: TableWriter<Columns>): TableWriter<Columns> => {
  const renamed = (error: unknown): never => {
    if (error instanceof ColumnError) throw new ColumnError(`output "${name}"`, error.column, error.reason, error.row)
    throw error instanceof DataFileError ? new DataFileError(`output "${name}"`, error.reason, error.cause) : error
  }
  return {
    append: (rows) => writer.append(rows).catch(renamed),
    close: () => writer.close().catch(renamed),
    abort: () => writer.abort(),
  }
}

/** Files go to the folder under numbers, so that their names may be whatever a stage likes. */
const openFiles = async (prefix: string, name: string, type: ArtifactType): Promise<OpenOutput> => {
  const files = new Map<string, WrittenOutput["files"][number]>()
  let kept = 0
  let closed = false
  const write = async (fileName: string, content: Uint8Array | string): Promise<void> => {
    if (closed) throw new Error(`output "${name}": "${fileName}" was written after the stage had ended; await every write`)
    checkName(name, fileName)
    if (files.has(fileName)) throw new Error(`output "${name}": "${fileName}" was written twice`)
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content
    const file = `${prefix}.${files.size}`
    files.set(fileName, { name: fileName, object: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length, path: file })
    await writeFile(file, bytes)
  }
  return {
    sink: { write },
    journal: {
      begin: () => begins(name, files.size > 0),
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
      for (const { path } of written) finish(path)
      const bytes = written.reduce((sum, file) => sum + file.bytes, 0)
      return { artifact: type.name, kind: "files", digest: filesDigest(written), bytes, files: written }
    },
    abort: async () => {
      closed = true
    },
  }
}

/** Puts a file on the disk, to be written to no more. Here, beside other stages, rather than in the one process that publishes. */
const finish = (file: string): void => {
  const descriptor = fs.openSync(file, "r")
  try {
    fs.fsyncSync(descriptor)
    fs.fchmodSync(descriptor, 0o444)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** A name must stay inside of the folder that the artifact is exported to, on every system. */
const checkName = (output: string, name: string): void => {
  const segments = name.split("/")
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..") || /[\\:\0]/.test(name)) {
    throw new Error(`output "${output}": "${name}" is no file name; use names divided by "/", without "..", "\\" or ":"`)
  }
}
