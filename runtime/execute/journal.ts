import { openTableWriter, readBatches, type TableWriter } from "../../data/parquet/index.ts"
import type { Columns, TableOutput } from "../../dsl/index.ts"

/** A file that holds a part of what a stage wrote to an output; of a table its rows, of files one of them under its name. */
export interface Written {
  readonly name: string
  readonly path: string
}

/** What was written to an output, in parts, so that it can be written once more by a stage that goes on where another was killed. */
export interface Journal {
  /** From now on parts are kept. Throws if something has been written before. */
  readonly begin: () => void
  /** What has been written since the last cut. */
  readonly cut: () => Promise<ReadonlyArray<Written>>
  /** Writes a part once more. */
  readonly restore: (name: string, path: string) => Promise<void>
}

/** Refuses to begin late: what was written before would be lost to whoever goes on. */
export const begins = (output: string, isWritten: boolean): void => {
  if (isWritten) throw new Error(`output "${output}" was written to before resume.load(): load first`)
}

/** A table's journal and the sink that feeds it: rows go to a part of their own as they come, so that none is held in memory. */
export const tableJournal = (options: {
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
        begins(name, isWritten)
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
