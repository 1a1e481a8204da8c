import type { DuckDBConnection, DuckDBDataChunk, DuckDBType } from "@duckdb/node-api"
import { DataFileError, QueryError } from "../error.ts"
import type { GridColumn, TableDescription } from "../grid/api.ts"
import { gridColumn } from "../grid/columns.ts"
import { identifier, literal } from "../sql.ts"
import { openConfined } from "./confined.ts"
import { type Limits, small } from "./limits.ts"
import { columnsOf, type QueryResult, refusals, runSelect } from "./query.ts"

/**
 * A stored table whose database stays open, for one question after the other. All SQL that runs in
 * it is Assay's own: what a person typed could change the state of a database for the queries after
 * it (`enable_profiling()` is a table function), and gets one of its own by `query`.
 */
export interface OpenTable extends TableDescription {
  readonly path: string
  readonly connection: DuckDBConnection
  /** Types of the columns, by index. */
  readonly types: ReadonlyArray<DuckDBType>
  /** As SQL: the view of all columns and the number of each row, and the name of that number. */
  readonly view: string
  readonly row: string
  /** Bytes that the database may take. */
  readonly memory: number
  /** By what they select and sort, the one used last at the end. */
  readonly orders: Map<string, RowOrder>
  readonly close: () => void
}

/** A temporary table of the numbers of selected rows, in order. */
export interface RowOrder {
  /** As SQL. */
  readonly name: string
  readonly rows: number
}

const view = "numbered"

/** Opens a table of one Parquet file. Fails with a DataFileError. */
export const openTable = async (path: string, memory: number): Promise<OpenTable> => {
  const { connection, close } = await openConfined({ artifact: [path] }, memory)
  try {
    const head = columnsOf(await connection.prepare("SELECT * FROM artifact"))
    const columns = head.map(({ name, type }) => gridColumn(name, String(type)))
    const row = identifier(rowName(columns))
    // A number that the reader gives lets it skip what a page does not need; a column of that name
    // hides it.
    const number = columns.some(({ name }) => name.toLowerCase() === "file_row_number") ? "row_number() OVER () - 1" : "file_row_number"
    await connection.run(`CREATE VIEW ${view} AS SELECT ${number} AS ${row}, * FROM read_parquet([${literal(path)}])`)
    const count = await connection.runAndReadAll("SELECT count(*) FROM artifact")
    const types = head.map(({ type }) => type)
    const rows = Number(count.value(0, 0))
    return { path, connection, columns, rows, types, view, row, memory, orders: new Map(), close }
  } catch (error) {
    close()
    throw damaged(path, error)
  }
}

/** A name that no column has. */
const rowName = (columns: ReadonlyArray<GridColumn>): string => {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  let name = "row number"
  while (taken.has(name)) name += " "
  return name
}

/** Runs a question of Assay's own. Fails with a DataFileError where the database cannot read on. */
export const selectFrom = (
  { path, connection, memory }: Pick<OpenTable, "path" | "connection" | "memory">,
  sql: string,
  limits: Omit<Limits, "memory"> = small,
): Promise<QueryResult> => naming(path, () => runSelect(connection, sql, { ...limits, memory }))

/** The same for a statement without an answer. */
export const runOn = ({ path, connection, memory }: OpenTable, sql: string): Promise<void> =>
  naming(path, () => refusals({ memory }, async () => void (await connection.run(sql))))

/** The rows of a question of Assay's own, as they come: no more than a few chunks are held. */
export async function* streamFrom({ path, connection, memory }: OpenTable, sql: string): AsyncGenerator<DuckDBDataChunk, void, undefined> {
  const reading = <A>(act: () => Promise<A>): Promise<A> => naming(path, () => refusals({ memory }, act))
  const result = await reading(() => connection.stream(sql))
  for (;;) {
    const chunk = await reading(() => result.fetchChunk())
    if (chunk === null || chunk.rowCount === 0) return
    yield chunk
  }
}

const naming = async <A>(path: string, act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    // The SQL is right: what goes wrong then is the file.
    throw error instanceof QueryError && error.reason === "invalid" ? damaged(path, error) : error
  }
}

const damaged = (path: string, error: unknown): unknown =>
  error instanceof DataFileError ? error : new DataFileError(path, `cannot be read: ${(error as Error).message}`, error)
