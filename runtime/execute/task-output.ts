import { createHash } from "node:crypto"
import { chmod, readFile, writeFile } from "node:fs/promises"
import { ColumnError, DataFileError } from "../../data/error.ts"
import { openTableWriter, type TableWriter } from "../../data/parquet/index.ts"
import type { ArtifactType } from "../../dsl/artifact.ts"
import type { Columns, FilesOutput, TableOutput } from "../../dsl/index.ts"
import { StageError } from "../../dsl/stage-error.ts"
import { filesDigest } from "../fingerprint/logical.ts"
import type { WrittenOutput } from "../store/publish.ts"
import { sha256 } from "../store/verify.ts"
import { begins, type Journal, tableJournal } from "./journal.ts"
import type { Sync } from "./sync.ts"

/** An output while its stage runs: what the stage writes to, and what becomes of it. */
interface OpenOutput {
  readonly sink: TableOutput<Columns> | FilesOutput
  /** The stage's `run` has returned: what is still on its way, or comes now, was not awaited. */
  readonly end: () => void
  /** Rejects if the stage wrote after its end, or was still writing then. */
  readonly close: () => Promise<WrittenOutput>
  readonly abort: () => Promise<void>
  readonly journal: Journal
}

export const openOutput = async (prefix: string, name: string, type: ArtifactType, sync: Sync): Promise<OpenOutput> => {
  const awaited = awaitedWrites(name)
  const opened = await (type.kind === "table" ? openTable(prefix, name, type, sync) : openFiles(prefix, name, type, sync))
  const { sink } = opened
  return {
    ...opened,
    sink: "append" in sink ? { append: awaited.track(sink.append) } : { write: awaited.track(sink.write) },
    end: awaited.end,
    close: async () => {
      awaited.check()
      const written = await opened.close()
      awaited.check()
      return written
    },
  }
}

/** Knows which writes to an output are under way, and whether one was when `run` returned. */
const awaitedWrites = (output: string) => {
  let open = 0
  let ended = false
  let late = false
  return {
    track:
      <A extends ReadonlyArray<unknown>>(write: (...given: A) => Promise<void>) =>
      async (...given: A): Promise<void> => {
        if (ended) late = true
        open += 1
        try {
          await write(...given)
        } finally {
          open -= 1
        }
      },
    end: () => {
      ended = true
      if (open > 0) late = true
    },
    check: () => {
      if (!late) return
      const message = `output "${output}" was still being written to when run returned: await every append and write, also inside of forEach and map`
      throw new StageError("NotAwaited", message)
    },
  }
}

const openTable = async (
  prefix: string,
  name: string,
  type: Extract<ArtifactType, { kind: "table" }>,
  sync: Sync,
): Promise<Omit<OpenOutput, "end">> => {
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
      await finish(file, sync)
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
const openFiles = async (prefix: string, name: string, type: ArtifactType, sync: Sync): Promise<Omit<OpenOutput, "end">> => {
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
      await Promise.all(written.map(({ path }) => finish(path, sync)))
      const bytes = written.reduce((sum, file) => sum + file.bytes, 0)
      return { artifact: type.name, kind: "files", digest: filesDigest(written), bytes, files: written }
    },
    abort: async () => {
      closed = true
    },
  }
}

/** Puts a file on the disk, to be written to no more. Here, beside other stages, rather than in the one process that publishes. */
const finish = async (file: string, sync: Sync): Promise<void> => {
  await sync(file)
  await chmod(file, 0o444)
}

/** A name must stay inside of the folder that the artifact is exported to, on every system. */
const checkName = (output: string, name: string): void => {
  const segments = name.split("/")
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..") || /[\\:\0]/.test(name)) {
    throw new Error(`output "${output}": "${name}" is no file name; use names divided by "/", without "..", "\\" or ":"`)
  }
}
