import { DuckDBInstance } from "@duckdb/node-api"
import { DataFileError } from "../error.ts"
import { type Field, fields as fieldsOf } from "../parquet/field.ts"
import { readColumns } from "../parquet/index.ts"

/** Memory that the database may take, beside the row groups that it reads. */
const memory = "1GiB"

/**
 * Writes a table as CSV (RFC 4180, with a header, ended by LF); an existing file is replaced. Null
 * is nothing, an empty text `""`; lists are JSON; floats are the shortest text that reads back as
 * the same number, or `nan`, `inf`, `-inf`, which in a list are null. Fails with a DataFileError
 * if a file cannot be read or written.
 */
export const exportCsv = async (table: string, file: string): Promise<void> => {
  const cells = fieldsOf(await readColumns(table)).map((field) => `${cellOf(field)} AS ${quoted(field.name)}`)
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    memory_limit: memory,
    temp_directory: "",
    preserve_insertion_order: "true",
  })
  try {
    const connection = await instance.connect()
    try {
      await connection.run(
        `COPY (SELECT ${cells.join(", ")} FROM read_parquet(${literal(table)})) TO ${literal(file)} (FORMAT csv, HEADER true, NULLSTR '', USE_TMP_FILE false)`,
      )
    } finally {
      connection.closeSync()
    }
  } catch (error) {
    throw new DataFileError(file, `cannot be written: ${(error as Error).message}`, error)
  } finally {
    instance.closeSync()
  }
}

/** A cell as the database writes it to CSV. */
const cellOf = ({ name, type }: Field): string => {
  const cell = quoted(name)
  if (type === "list<int32>") return jsonList(cell, "item::VARCHAR")
  if (type === "list<float32>") return jsonList(cell, "CASE WHEN isfinite(item) THEN item::VARCHAR ELSE 'null' END")
  return cell
}

const jsonList = (cell: string, item: string): string => `'[' || array_to_string(list_transform(${cell}, lambda item: ${item}), ',') || ']'`

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
