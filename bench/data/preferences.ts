import { mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBListValue,
  type DuckDBValue,
  INTEGER,
  LIST,
  VARCHAR,
} from "@duckdb/node-api"
import { openTableWriter, readRows } from "../../data/parquet/index.ts"
import { type PreferenceRow, preferences } from "../../data/schema/index.ts"
import { integers } from "../../engine/random/philox.ts"
import { compare, type Measurement, print } from "./measurement.ts"

/**
 * Preference rows from JavaScript objects to Parquet and back: ours, DuckDB's Node API doing the
 * same, and DuckDB copying a table that it already holds. `[rows] [--json] [--repeats=5]`
 */
export const run = async (options: ReadonlyArray<string>): Promise<void> => {
  const count = Number(options.find((option) => !option.startsWith("--")) ?? "200000")
  const repeats = Number(options.find((option) => option.startsWith("--repeats="))?.split("=")[1] ?? "5")
  const folder = await mkdtemp(join(tmpdir(), "assay-bench-"))
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  try {
    const rows = Array.from({ length: count }, (_, index) => preference(index))
    const ours = join(folder, "ours.parquet")
    const theirs = join(folder, "theirs.parquet")
    const measured = await compare(
      {
        "write, Assay": () => writeOurs(ours, rows),
        "write, DuckDB": () => writeTheirs(connection, theirs, rows),
        "read, Assay": () => readRows(ours, preferences),
        "read, DuckDB": () => readTheirs(connection, ours),
        "table in DuckDB from Parquet": () => connection.run(`CREATE OR REPLACE TABLE copied AS SELECT * FROM '${ours}'`),
        "copy of a table in DuckDB": () =>
          connection.run(`COPY copied TO '${join(folder, "copy.parquet")}' (FORMAT parquet, COMPRESSION zstd)`),
      },
      repeats,
    )
    const size = async (name: string, file: string): Promise<Measurement> => ({ name, unit: "MB", value: (await stat(file)).size / 1e6 })
    const sizes = [await size("size, Assay", ours), await size("size, DuckDB", theirs)]
    print({ about: `${count} preference rows between JavaScript and Parquet`, rows: [...measured, ...sizes] }, options)
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(folder, { recursive: true })
  }
}

const words = "the a good bad green happy sad song house day was is very not wonderful terrible old new and but".split(" ")

/**
 * A pair as `label` writes them: a short prompt, two responses of a dozen tokens, scores, and two
 * keys.
 */
const preference = (row: number): PreferenceRow => {
  const drawn = integers(1, "bench pair", row, words.length, new Int32Array(26))
  const text = (from: number, to: number): string => Array.from(drawn.subarray(from, to), (word) => ` ${words[word]}`).join("")
  const ids = (from: number): Int32Array => integers(1, "bench tokens", row * 2 + from, 1024, new Int32Array(12))
  return {
    pair_id: row,
    prompt: text(0, 2).trim(),
    chosen: text(2, 14),
    rejected: text(14, 26),
    chosen_token_ids: ids(0),
    rejected_token_ids: ids(1),
    score_chosen: (drawn[2] as number) / 10,
    score_rejected: -(drawn[3] as number) / 10,
    p_chosen: 1,
    tie: row % 9 === 0,
    source: "gold",
    judge_key: "a".repeat(64),
    judge_labels: null,
    annotators: null,
    logp_chosen: null,
    logp_rejected: null,
    policy_key: "b".repeat(64),
    step: row >> 6,
    position: row & 63,
  }
}

const writeOurs = async (path: string, rows: ReadonlyArray<PreferenceRow>): Promise<void> => {
  const writer = await openTableWriter(path, preferences)
  for (let start = 0; start < rows.length; start += 4096) await writer.append(rows.slice(start, start + 4096))
  await writer.close()
}

const list = LIST(INTEGER)
const types = [INTEGER, VARCHAR, VARCHAR, VARCHAR, list, list, DOUBLE, DOUBLE, DOUBLE, BOOLEAN, VARCHAR, VARCHAR, VARCHAR, INTEGER, INTEGER]
const names = Object.keys(preferences) as Array<keyof PreferenceRow>

/** Appends chunks of columns, the fastest way into DuckDB in its Node API. */
const writeTheirs = async (connection: DuckDBConnection, path: string, rows: ReadonlyArray<PreferenceRow>): Promise<void> => {
  await connection.run(`CREATE OR REPLACE TABLE pairs (${names.map((name, index) => `${name} ${types[index]}`).join(", ")})`)
  const appender = await connection.createAppender("pairs")
  for (let start = 0; start < rows.length; start += 2048) {
    const part = rows.slice(start, start + 2048)
    const chunk = DuckDBDataChunk.create(types)
    chunk.setColumns(
      names.map(
        (name, index) =>
          part.map((row) =>
            types[index] === list ? new DuckDBListValue([...(row[name] as Int32Array)]) : row[name],
          ) as Array<DuckDBValue>,
      ),
    )
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
  await connection.run(`COPY pairs TO '${path}' (FORMAT parquet, COMPRESSION zstd)`)
}

const readTheirs = async (connection: DuckDBConnection, path: string): Promise<ReadonlyArray<object>> =>
  (await connection.runAndReadAll(`SELECT * FROM '${path}'`)).getRowObjectsJS()
