/**
 * What is in the store, read from its files without any code of the product: records of runs,
 * manifests of results, and tables by DuckDB. What a page shows is compared with that.
 */

import * as fs from "node:fs"
import * as path from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"

export interface RunRecord {
  readonly run: string
  readonly pipeline: string
  readonly stages: ReadonlyArray<{ readonly id: string; readonly outcome: string; readonly key: string | null; readonly seconds: number }>
}

interface Manifest {
  readonly seconds: number
  readonly outputs: Readonly<Record<string, { readonly rows: number; readonly files: ReadonlyArray<{ readonly object: string }> }>>
}

export type Cells = Readonly<Record<string, unknown>>

const readJson = (file: string) => JSON.parse(fs.readFileSync(file, "utf8"))

export const openStore = (project: string) => {
  const store = path.join(project, ".assay")

  /** Newest first. */
  const runs = (pipeline = "walk"): ReadonlyArray<RunRecord> =>
    fs
      .readdirSync(path.join(store, "runs"))
      .map((name): RunRecord => readJson(path.join(store, "runs", name)))
      .filter((record) => record.pipeline === pipeline)
      .sort((a, b) => (a.run < b.run ? 1 : -1))

  const newest = (pipeline?: string): RunRecord => {
    const [run] = runs(pipeline)
    if (run === undefined) throw new Error(`the store has no run of ${pipeline}`)
    return run
  }

  const manifest = (id: string, run = newest()): Manifest => {
    const key = run.stages.find((stage) => stage.id === id)?.key ?? ""
    return readJson(path.join(store, "results", key.slice(0, 2), `${key}.json`)).manifest
  }

  const fileOf = (id: string, output: string, run?: RunRecord): string => {
    const [file] = manifest(id, run).outputs[output]?.files ?? []
    if (file === undefined) throw new Error(`${id} has no output ${output}`)
    return path.join(store, "objects", file.object.slice(0, 2), file.object.slice(2))
  }

  /** `artifact` in the SELECT is the table; `row`, its places from 0. */
  const select = (id: string, output: string, sql: string, run?: RunRecord) => query(fileOf(id, output, run), sql)

  return { runs, newest, manifest, select }
}

/** A SELECT over a Parquet file, which is called `artifact`. */
export const query = (file: string, sql: string): Promise<ReadonlyArray<Cells>> =>
  ask(`WITH artifact AS (SELECT *, file_row_number AS row FROM read_parquet('${file}', file_row_number = true)) ${sql}`)

/** Texts of a CSV file with a header: CSV has no other way to write an empty one than nothing. */
export const readCsv = (file: string, columns: string): Promise<ReadonlyArray<Cells>> =>
  ask(`SELECT ${columns} FROM read_csv('${file}', header = true, all_varchar = true, nullstr = 'no text is this')`)

const ask = async (sql: string): Promise<ReadonlyArray<Cells>> => {
  const connection = await (await DuckDBInstance.create()).connect()
  const reader = await connection.runAndReadAll(sql)
  const rows = reader.getRowObjectsJson()
  connection.closeSync()
  return rows
}
