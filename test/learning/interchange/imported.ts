import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { importPreferences } from "../../../learning/interchange/import-preferences.stage.ts"
import { MemoryFiles } from "../support/memory.ts"
import { runStage } from "../support/stage.ts"

/** Formats that tests of the stage use; test/data/interchange has all. */
export type Format = "trl" | "hh-rlhf" | "tldr" | "ultrafeedback-binarized"

/** The rows that the stage makes of a file. */
export const imported = async (format: Format, content: string | Uint8Array, name = "pairs") => {
  const { preferences } = await runStage(importPreferences, { file: new MemoryFiles({ [name]: content }) }, { format })
  return preferences.read()
}

/** JSON Lines of these records. */
export const lines = (...records: ReadonlyArray<unknown>): string => records.map((record) => `${JSON.stringify(record)}\n`).join("")

/** What DuckDB, a foreign program, writes for a query. */
export const parquet = async (sql: string): Promise<Uint8Array> => {
  const folder = await mkdtemp(join(tmpdir(), "assay-import-"))
  const file = join(folder, "foreign.parquet")
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  await connection.run(`COPY (${sql}) TO '${file}' (FORMAT parquet, COMPRESSION uncompressed)`)
  connection.closeSync()
  instance.closeSync()
  const content = await readFile(file)
  await rm(folder, { recursive: true })
  return content
}

/** Turns of a conversation. */
export const user = (content: string) => ({ role: "user", content })
export const assistant = (content: string) => ({ role: "assistant", content })
