import {
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  type DuckDBType,
  type Json,
  StatementType,
} from "@duckdb/node-api"
import { QueryError } from "../error.ts"
import { boundedQuery, tooLong } from "./bounded.ts"
import { confined, type Views } from "./confined.ts"
import { toJson } from "./json.ts"
import { type Limits, mostCharacters, small, whole } from "./limits.ts"

export interface QueryResult {
  /** Names as the query gives them, types in DuckDB's words. */
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>
  readonly rows: ReadonlyArray<ReadonlyArray<Json>>
  /**
   * How many rows the answer has, those that were not fetched included; null where there are too
   * many to count.
   */
  readonly total: number | null
}

/** Rows beyond those that are fetched up to which they are counted. */
const mostCounted = 1_000_000

/**
 * Runs one SELECT over Parquet files: the views given by name, or one file, or several of one
 * schema, whose rows it sees as the table `artifact`. Nothing is written, nothing else is read, and
 * no more is fetched than the limits allow. An abort of the signal ends it. Fails with a QueryError
 * that says why SQL is refused, with a DataFileError if a file cannot be opened.
 */
export const query = (
  tables: string | ReadonlyArray<string> | Views,
  sql: string,
  limits: Limits = { ...whole, memory: small.memory },
  signal?: AbortSignal,
): Promise<QueryResult> => confined(viewsOf(tables), limits.memory, (connection) => runSelect(connection, sql, limits), signal)

const viewsOf = (tables: string | ReadonlyArray<string> | Views): Views => {
  if (typeof tables === "string") return { artifact: [tables] }
  return isPaths(tables) ? { artifact: tables } : tables
}

const isPaths = (tables: ReadonlyArray<string> | Views): tables is ReadonlyArray<string> => Array.isArray(tables)

/** Runs one SELECT on a connection, and fetches no more of its answer than the limits allow. */
export const runSelect = async (connection: DuckDBConnection, sql: string, limits: Limits): Promise<QueryResult> => {
  const columns = columnsOf(await prepareSelect(connection, sql))
  const result = await refusals(limits, () => connection.stream(boundedQuery(sql, columns, limits)))
  const fetched = await refusals(limits, () => fetchRows(result, limits))
  return { columns: columns.map(({ name, type }) => ({ name, type: String(type) })), ...fetched }
}

/** The rows within the limits, and the number of all. */
const fetchRows = async (result: DuckDBResult, { rows: most, beyond }: Limits): Promise<Pick<QueryResult, "rows" | "total">> => {
  const rows: Array<ReadonlyArray<Json>> = []
  let total = 0
  let characters = 0
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    total += chunk.rowCount
    if (total > most && beyond === "refuse") throw tooLarge(`more than ${most.toLocaleString("en-US")} rows`)
    if (rows.length < most) {
      // A number stands for itself and a comma, so that many short rows count as well.
      const converted = chunk.convertRows(toJson).slice(0, most - rows.length) as ReadonlyArray<ReadonlyArray<Json>>
      rows.push(...converted)
      if (beyond === "refuse") characters += converted.reduce((sum, row) => sum + JSON.stringify(row).length, 0)
      if (characters > mostCharacters) throw tooLarge(`more than ${mostCharacters.toLocaleString("en-US")} characters`)
    } else if (total - most > mostCounted) return { rows, total: null }
  }
  return { rows, total }
}

const tooLarge = (what: string): QueryError =>
  new QueryError(
    "too-large",
    `the answer has ${what}: add a LIMIT, aggregate, or export the artifact and open it with a program of your own`,
  )

/** The statement, bound but not run. */
const prepareSelect = async (connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> => {
  if (isBlank(sql)) throw new QueryError("empty", "the SQL has no statement; write for example: select * from artifact")
  if (sql.includes("\0")) throw new QueryError("invalid", "the SQL holds the character 0, which would end it: write chr(0)")
  const statements = await invalidUnless(() => connection.extractStatements(sql))
  if (statements.count > 1) throw new QueryError("several", `the SQL has ${statements.count} statements; run one at a time`)
  const statement = await invalidUnless(() => statements.prepare(0))
  if (statement.statementType !== StatementType.SELECT) {
    const name = StatementType[statement.statementType] ?? "statement"
    throw new QueryError("not-select", `artifacts are read-only: ${name} is refused, only SELECT is run`)
  }
  if (statement.parameterCount > 0) throw new QueryError("invalid", "the SQL has parameters (?) without values: write the values into it")
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

/** What the database says when it runs a query, in our words where the reason is a limit. */
export const refusals = async <A>({ memory }: Pick<Limits, "memory">, act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    if (error instanceof QueryError) throw error
    const { message } = error as Error
    if (message.startsWith("Out of Memory Error")) throw outOfMemory(memory)
    if (message.startsWith("INTERRUPT Error")) throw new QueryError("time", "the query was stopped before it had an answer")
    const ours = message.indexOf(tooLong)
    if (message.startsWith("Invalid Input Error") && ours >= 0) throw new QueryError("too-large", message.slice(ours + tooLong.length))
    throw new QueryError("invalid", message, error)
  }
}

/** For a query that needs more memory than it may have, in bytes. */
export const outOfMemory = (memory: number): QueryError =>
  new QueryError(
    "memory",
    `the query needs more than the ${(memory / 1e9).toFixed(1)} GB of memory that it may have: let it aggregate, or ask for fewer rows`,
  )

/** Names and types of a statement's columns. */
export const columnsOf = (statement: DuckDBPreparedStatement): ReadonlyArray<{ readonly name: string; readonly type: DuckDBType }> =>
  Array.from({ length: statement.columnCount }, (_, index) => ({ name: statement.columnName(index), type: statement.columnType(index) }))
