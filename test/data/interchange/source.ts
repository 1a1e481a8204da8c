import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import type { ByteSource } from "../../../data/byte-source.ts"
import { readRecords } from "../../../data/interchange/records.ts"

/** Bytes in memory as a source of that name. */
export const sourceOf = (name: string, content: string | Uint8Array): ByteSource => {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
  return { name, size: bytes.length, read: async (start, end) => bytes.slice(start, end) }
}

/** The fields of all records, and what was said of the columns. */
export const readAll = async (name: string, content: string | Uint8Array, columns: ReadonlyArray<string> = []) => {
  const records: Array<Readonly<Record<string, unknown>>> = []
  const seen: Array<readonly [ReadonlyArray<string>, boolean]> = []
  for await (const { fields } of readRecords(sourceOf(name, content), columns, (present, ofAll) => seen.push([present, ofAll])))
    records.push(fields)
  return { records, seen }
}

/** What DuckDB, a foreign program, writes for a query as Parquet. */
export const parquet = async (sql: string): Promise<Uint8Array> => {
  const folder = await mkdtemp(join(tmpdir(), "assay-duckdb-"))
  const instance = await DuckDBInstance.create(":memory:")
  try {
    const connection = await instance.connect()
    await connection.run(`COPY (${sql}) TO '${join(folder, "foreign.parquet")}' (FORMAT parquet)`)
    connection.closeSync()
    return await readFile(join(folder, "foreign.parquet"))
  } finally {
    instance.closeSync()
    await rm(folder, { recursive: true })
  }
}
