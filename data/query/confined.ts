import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { DataFileError, QueryError } from "../error.ts"
import { identifier, literal } from "../sql.ts"

/** A value that every row of a file gets. */
export type Constant = string | number | boolean

/** A Parquet file whose rows get further columns, before its own. */
export interface ExtendedFile {
  readonly path: string
  readonly added: Readonly<Record<string, AddedColumn>>
}

/** One value for all rows, or values by what another column of the row holds; else null. */
export type AddedColumn = Constant | { readonly by: string; readonly values: Readonly<Record<string, Constant>> }

/**
 * What a query sees: the name of a view, and the Parquet files whose rows it has, in their order.
 * Files are of one schema, or one at least is extended: then columns that some lack are null there.
 * Names may hold any characters; as in all SQL, their case does not matter.
 */
export type Views = Readonly<Record<string, ReadonlyArray<string | ExtendedFile>>>

/** A database in memory that can read nothing but its views. */
export interface ConfinedDatabase {
  readonly connection: DuckDBConnection
  readonly close: () => void
}

/**
 * Opens a database of its own, in memory, which has these views and can read no other file.
 * `memory` (bytes) bounds what it sorts and groups. The views come first: afterwards no file beside
 * theirs can be named, and no setting changed. These settings alone do not keep the files whole (a
 * COPY may still overwrite an allowed path); refusing all but SELECT does. Fails with a QueryError
 * for a name that no view can have, with a DataFileError if a file cannot be opened.
 */
export const openConfined = async (views: Views, memory: number): Promise<ConfinedDatabase> => {
  checkNames(views)
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    memory_limit: `${Math.max(64, Math.floor(memory / 2 ** 20))}MiB`,
    // Otherwise a large sort would spill into the working directory.
    temp_directory: "",
    max_temp_directory_size: "0B",
  })
  const connection = await instance.connect()
  const close = () => {
    connection.closeSync()
    instance.closeSync()
  }
  try {
    for (const [name, paths] of Object.entries(views)) await createView(connection, name, paths)
    await connection.run(`SET allowed_paths = ${pathList(Object.values(views).flatMap(pathsOf))}`)
    await connection.run("SET enable_external_access = false")
    await connection.run("SET lock_configuration = true")
    return { connection, close }
  } catch (error) {
    close()
    throw error
  }
}

/** Runs `use` in such a database, and closes it. An abort interrupts what it is running. */
export const confined = async <A>(
  views: Views,
  memory: number,
  use: (connection: DuckDBConnection) => Promise<A>,
  signal?: AbortSignal,
): Promise<A> => {
  const { connection, close } = await openConfined(views, memory)
  try {
    return await interruptible(connection, signal, () => use(connection))
  } finally {
    close()
  }
}

/** Milliseconds between two interrupts of what does not stop: the next statement may be running. */
const againMs = 10

/** Interrupts each statement that `act` runs on the connection once the signal is aborted. */
export const interruptible = async <A>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  act: () => Promise<A>,
): Promise<A> => {
  let timer: NodeJS.Timeout | undefined
  const interrupt = () => {
    connection.interrupt()
    timer = setInterval(() => connection.interrupt(), againMs)
  }
  if (signal?.aborted) interrupt()
  signal?.addEventListener("abort", interrupt, { once: true })
  try {
    return await act()
  } finally {
    signal?.removeEventListener("abort", interrupt)
    clearInterval(timer)
  }
}

const checkNames = (views: Views): void => {
  const seen = new Set<string>()
  for (const [name, paths] of Object.entries(views)) {
    if (name === "" || name.includes("\0")) throw new QueryError("invalid", `a view cannot be named ${JSON.stringify(name)}`)
    if (paths.length === 0) throw new QueryError("invalid", `the view ${JSON.stringify(name)} has no files`)
    const folded = name.toLowerCase()
    if (seen.has(folded)) throw new QueryError("invalid", `two views are named ${JSON.stringify(name)}: case does not tell names apart`)
    seen.add(folded)
  }
}

const createView = async (connection: DuckDBConnection, name: string, files: Views[string]): Promise<void> => {
  try {
    await connection.run(`CREATE VIEW ${identifier(name)} AS ${rowsOf(files)}`)
  } catch (error) {
    throw new DataFileError(pathsOf(files).join(", "), `cannot be opened as Parquet: ${(error as Error).message}`, error)
  }
}

const rowsOf = (files: Views[string]): string =>
  files.some((file) => typeof file !== "string")
    ? files.map(extendedRows).join(" UNION ALL BY NAME ")
    : `SELECT * FROM read_parquet(${pathList(pathsOf(files))})`

const extendedRows = (file: string | ExtendedFile): string => {
  const { path, added } = typeof file === "string" ? { path: file, added: {} } : file
  const columns = Object.entries(added).map(([name, value]) => `${addedValue(value)} AS ${identifier(name)}`)
  return `(SELECT ${[...columns, "*"].join(", ")} FROM read_parquet(${pathList([path])}))`
}

const addedValue = (value: AddedColumn): string => {
  if (typeof value !== "object") return constant(value)
  const cases = Object.entries(value.values).map(([held, then]) => `WHEN ${literal(held)} THEN ${constant(then)}`)
  return cases.length === 0 ? "NULL" : `CASE ${identifier(value.by)} ${cases.join(" ")} END`
}

/** A number is a double or an integer, never one of DuckDB's decimals. */
const constant = (value: Constant): string => {
  if (typeof value === "string") return literal(value)
  if (typeof value === "boolean") return String(value)
  return Number.isSafeInteger(value) ? `${value}::BIGINT` : `'${value}'::DOUBLE`
}

const pathsOf = (files: Views[string]): ReadonlyArray<string> => files.map((file) => (typeof file === "string" ? file : file.path))

const pathList = (paths: ReadonlyArray<string>): string => `[${paths.map(literal).join(", ")}]`
