import { type DuckDBConnection, type DuckDBPreparedStatement, type DuckDBResultReader, type Json, StatementType } from "@duckdb/node-api"
import { QueryError } from "../error.ts"
import { confined } from "./confined.ts"
import { toJson } from "./json.ts"

export interface QueryResult {
  /** Names as the query gives them, types in DuckDB's words. */
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>
  readonly rows: ReadonlyArray<ReadonlyArray<Json>>
}

/**
 * Runs one SELECT over the rows of one Parquet file, or of several of one schema, which it sees as the table `artifact`.
 * Nothing is written and nothing else is read. Fails with a QueryError that says why SQL is refused, with a DataFileError if a file cannot be opened.
 */
export const query = (paths: string | ReadonlyArray<string>, sql: string): Promise<QueryResult> =>
  confined(typeof paths === "string" ? [paths] : paths, async (connection) => {
    const statement = await prepareSelect(connection, sql)
    const reader = await invalidUnless(() => statement.runAndReadAll())
    return { columns: columnsOf(reader), rows: reader.convertRows(toJson) }
  })

const prepareSelect = async (connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> => {
  if (isBlank(sql)) throw new QueryError("empty", "there is no statement in the SQL; write for example: select * from artifact")
  const statements = await invalidUnless(() => connection.extractStatements(sql))
  if (statements.count > 1) throw new QueryError("several", `the SQL has ${statements.count} statements, and one is run at a time`)
  const statement = await invalidUnless(() => statements.prepare(0))
  if (statement.statementType !== StatementType.SELECT) {
    const name = StatementType[statement.statementType] ?? "statement"
    throw new QueryError("not-select", `artifacts are read-only: ${name} is refused, only SELECT is run`)
  }
  return statement
}

/** Whether nothing is left beside comments and semicolons. */
const isBlank = (sql: string): boolean => /^[\s;]*$/.test(sql.replaceAll(/--.*|\/\*[\s\S]*?\*\//g, ""))

const invalidUnless = async <A>(act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    throw new QueryError("invalid", (error as Error).message, error)
  }
}

/** Names and types of a result's columns. */
export const columnsOf = (reader: DuckDBResultReader): QueryResult["columns"] =>
  reader.columnNames().map((name, index) => ({ name, type: reader.columnType(index).toString() }))
