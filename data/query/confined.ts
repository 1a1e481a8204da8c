import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { DataFileError } from "../error.ts"

/**
 * Runs `use` in a database of its own, in memory, whose view `artifact` is the rows of these
 * Parquet files (of one schema), and which can read nothing else. `memory` (bytes) bounds what it
 * sorts and groups. The view comes first: afterwards no file beside them can be named, and no
 * setting changed. These settings alone do not keep the files whole (a COPY may still overwrite an
 * allowed path); refusing all but SELECT does.
 */
export const confined = async <A>(
  paths: ReadonlyArray<string>,
  memory: number,
  use: (connection: DuckDBConnection) => Promise<A>,
): Promise<A> => {
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    memory_limit: `${Math.max(64, Math.floor(memory / 2 ** 20))}MiB`,
    // Otherwise a large sort would spill into the working directory.
    temp_directory: "",
    max_temp_directory_size: "0B",
  })
  try {
    const connection = await instance.connect()
    try {
      await openArtifact(connection, paths)
      await connection.run(`SET allowed_paths = [${paths.map(literal).join(", ")}]`)
      await connection.run("SET enable_external_access = false")
      await connection.run("SET lock_configuration = true")
      return await use(connection)
    } finally {
      connection.closeSync()
    }
  } finally {
    instance.closeSync()
  }
}

const openArtifact = async (connection: DuckDBConnection, paths: ReadonlyArray<string>): Promise<void> => {
  try {
    await connection.run(`CREATE VIEW artifact AS SELECT * FROM read_parquet([${paths.map(literal).join(", ")}])`)
  } catch (error) {
    throw new DataFileError(paths.join(", "), `cannot be opened as Parquet: ${(error as Error).message}`, error)
  }
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
