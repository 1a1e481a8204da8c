import { ColumnError, DataFileError } from "../../../data/error.ts"
import { openTableWriter, readBatches, type TableWriter } from "../../../data/parquet/index.ts"
import type { ArtifactType } from "../../../dsl/artifact.ts"
import type { Columns, TableOutput } from "../../../dsl/index.ts"
import { fileSha256 } from "../../store/results/verify.ts"
import { finishFile } from "./files-output.ts"
import { type Journal, refuseLateBegin } from "./journal.ts"
import type { Writing } from "./output.ts"
import type { Sync } from "./sync.ts"

/** A table as a Parquet file. */
export const openTable = async (
  prefix: string,
  name: string,
  type: Extract<ArtifactType, { kind: "table" }>,
  sync: Sync,
): Promise<Writing> => {
  const file = `${prefix}.parquet`
  const writer = namingOutput(name, await openTableWriter(file, type.columns))
  const { sink, journal, abort } = tableJournal({ prefix, name, columns: type.columns, writer })
  return {
    sink,
    journal,
    close: async () => {
      await abort()
      const { rows, bytes, digest } = await writer.close()
      const object = await fileSha256(file)
      await finishFile(file, sync)
      return { artifact: type.name, kind: "table", digest, rows, bytes, files: [{ name: `${name}.parquet`, object, bytes, path: file }] }
    },
    abort: async () => {
      await abort()
      await writer.abort()
    },
  }
}

/** A writer whose errors name the output, because a reader does not know its temporary file. */
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

/**
 * A table's journal and the sink that feeds it: rows also go to a separate part at once, so that
 * none is held in memory.
 */
const tableJournal = (options: {
  readonly prefix: string
  readonly name: string
  readonly columns: Columns
  readonly writer: Pick<TableWriter<Columns>, "append">
}): { readonly journal: Journal; readonly sink: TableOutput<Columns>; readonly abort: () => Promise<void> } => {
  const { prefix, name, columns, writer } = options
  let parts = 0
  let isKeeping = false
  let isWritten = false
  let open: { readonly path: string; readonly part: TableWriter<Columns> } | null = null
  return {
    sink: {
      append: async (rows) => {
        isWritten = true
        await writer.append(rows)
        if (!isKeeping || rows.length === 0) return
        if (open === null) {
          const path = `${prefix}.part${parts}`
          parts += 1
          open = { path, part: await openTableWriter(path, columns) }
        }
        await open.part.append(rows)
      },
    },
    journal: {
      begin: () => {
        refuseLateBegin(name, isWritten)
        isKeeping = true
      },
      cut: async () => {
        if (open === null) return []
        const { path, part } = open
        open = null
        await part.close()
        return [{ name: "", path }]
      },
      restore: async (_, path) => {
        for await (const rows of readBatches(path, columns)) await writer.append(rows)
      },
    },
    abort: async () => open?.part.abort(),
  }
}
