import { ColumnError, DataFileError, LineError } from "../../../data/error.ts"
import type { ForeignRecord } from "../../../data/interchange/record.ts"
import { readRecords } from "../../../data/interchange/records.ts"
import { openFile } from "../../../data/open-file.ts"
import type { Columns, Row } from "../../../dsl/column.ts"
import { StageError } from "../../../dsl/stage-error.ts"
import { type CellReader, CellRefused, cellReader } from "./read-cell.ts"

/** Rows that are handed on at a time. */
const rowsPerBatch = 4096

export interface TableToRead {
  readonly output: string
  readonly file: string
  /** What messages call the file. */
  readonly shown: string
  readonly columns: Columns
  readonly append: (rows: ReadonlyArray<Row<Columns>>) => Promise<void>
}

interface ColumnReader {
  readonly name: string
  readonly isNullable: boolean
  readonly read: CellReader
}

/**
 * Reads the table that a program wrote, whichever container it chose, as rows of the declared
 * columns. A column that may be null may be left out, and its cells are null. Rejects with a
 * StageError `WrongOutput`.
 */
export const readTable = async ({ output, file, shown, columns, append }: TableToRead): Promise<void> => {
  const isText = /\.(csv|tsv)(\.gz)?$/.test(file)
  const readers = Object.entries(columns).map(([name, column]): ColumnReader => {
    const isNullable = column.endsWith("?")
    return { name, isNullable, read: cellReader(column, isText) }
  })
  const wrong = (problem: string, details: Readonly<Record<string, string | number>> = {}): StageError =>
    new StageError("WrongOutput", `output "${output}": ${problem}`, { output, ...details })
  const declared = new Set(Object.keys(columns))
  const check = (present: ReadonlyArray<string>, row?: number): void => {
    const place = `${shown}${row === undefined ? "" : `, row ${row}`}`
    const at = row === undefined ? {} : { row }
    const missing = readers.find(({ name, isNullable }) => !isNullable && !present.includes(name))
    if (missing !== undefined)
      throw wrong(
        `${place} has no column "${missing.name}": expected ${columns[missing.name]}; it has ${present.join(", ") || "no columns"}`,
        {
          column: missing.name,
          ...at,
          expected: columns[missing.name] as string,
          found: "nothing",
        },
      )
    const extra = present.find((name) => !declared.has(name))
    if (extra !== undefined)
      throw wrong(
        `${place} has a column "${extra}", which is not declared: leave it out, or declare it; declared are ${[...declared].join(", ")}`,
        {
          column: extra,
          ...at,
          expected: "nothing",
          found: extra,
        },
      )
  }
  const source = await openFile(file)
  let row = 0
  let rows: Array<Row<Columns>> = []
  try {
    const see = (present: ReadonlyArray<string>, ofAll: boolean): void => (ofAll ? check(present) : check(present, row))
    for await (const record of readRecords({ ...source, name: shown }, [...declared], see)) {
      rows.push(
        rowOf(record, readers, (column, { expected, found }) =>
          wrong(`${shown}, column "${column}", row ${row}: expected ${expected}, found ${found}`, { column, row, expected, found }),
        ),
      )
      row += 1
      if (rows.length < rowsPerBatch) continue
      await append(rows)
      rows = []
    }
    await append(rows)
  } catch (error) {
    if (error instanceof ColumnError)
      throw wrong(error.message, { column: error.column, ...(error.row === undefined ? {} : { row: error.row }) })
    throw error instanceof DataFileError || error instanceof LineError ? wrong(error.message) : error
  } finally {
    await source.close()
  }
}

const rowOf = (
  { fields }: ForeignRecord,
  readers: ReadonlyArray<ColumnReader>,
  refuse: (column: string, refused: CellRefused) => StageError,
): Row<Columns> => {
  const row: Record<string, unknown> = {}
  for (const { name, read } of readers) {
    try {
      row[name] = read(Object.hasOwn(fields, name) ? (fields[name] ?? null) : null)
    } catch (error) {
      throw error instanceof CellRefused ? refuse(name, error) : error
    }
  }
  return row as Row<Columns>
}
