import { join } from "node:path"
import type { Columns } from "assay"
import { readRows } from "../../../data/parquet/index.ts"
import { demonstrations } from "../../../data/schema/index.ts"
import { MemoryTable } from "./memory.ts"

/** A table that is shipped with a task, or its first rows. */
export const shippedTable = async <C extends Columns>(name: string, columns: C, count?: number): Promise<MemoryTable<C>> => {
  const rows = await readRows(join(import.meta.dirname, "../../../data/corpora", name), columns)
  return new MemoryTable(columns, rows.slice(0, count))
}

export const shippedText = (task: "tldr" | "define" | "ham", count?: number) => shippedTable(`${task}/text.parquet`, demonstrations, count)
