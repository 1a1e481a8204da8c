import type { SortedSelection } from "../grid/api.ts"
import type { OpenTable } from "../query/open-table.ts"
import { literal } from "../sql.ts"
import { writePieces } from "../written-file.ts"
import { type ExportColumn, exporting } from "./columns.ts"
import { encodeLines } from "./lines.ts"
import { readInOrder } from "./read-in-order.ts"

/** How many numbers were NaN or infinite. */
export interface NotFinite {
  notFinite: number
}

/**
 * Writes a table as JSON Lines, an object a row with every column, in order; an existing file is
 * replaced. Floats are read back as the same numbers, and always look like floats (`1.0`), so that
 * a reader that guesses types guesses right. Returns how many numbers were NaN or infinite: JSON
 * has no word for them, and they become null. Fails with a DataFileError if a file cannot be read
 * or written.
 */
export const exportJsonLines = (table: string, file: string): Promise<Readonly<NotFinite>> =>
  exporting(table, async (open, columns) => {
    const count: NotFinite = { notFinite: 0 }
    await writePieces(file, jsonLinesPieces(open, columns, {}, count))
    return count
  })

/**
 * The same for some rows and columns of an open table, in pieces of about a mebibyte; `count` is
 * added to.
 */
export const jsonLinesPieces = (
  table: OpenTable,
  columns: ReadonlyArray<ExportColumn>,
  selection: SortedSelection,
  count: NotFinite = { notFinite: 0 },
): AsyncGenerator<Uint8Array, void, undefined> => encodeLines(jsonLines(table, columns, selection, count))

async function* jsonLines(table: OpenTable, columns: ReadonlyArray<ExportColumn>, selection: SortedSelection, count: NotFinite) {
  const members = columns.map(
    (column, index) => `${literal(`${index === 0 ? "{" : ","}${JSON.stringify(column.name)}:`)}, ${jsonCell(column)}`,
  )
  const line = `concat(${members.join(", ")}, '}', chr(10))`
  const notFinite = ["0", ...columns.flatMap(notFiniteIn)].join(" + ")
  for await (const chunk of readInOrder(table, selection, [line, `(${notFinite})::INTEGER`])) {
    for (const found of chunk.getColumnValues(1)) count.notFinite += Number(found)
    yield chunk.getColumnValues(0)
  }
}

/** A cell as JSON, as SQL. Floats are told by their doubles, which JSON's readers take them for. */
const jsonCell = ({ cell, type }: ExportColumn): string => {
  if (type === "float32" || type === "float64") return jsonFloat(cell)
  if (type === "list<float32>") return jsonList(cell, jsonFloat("item"))
  if (type === "list<int32>") return jsonList(cell, "item::VARCHAR")
  return `coalesce(${type === "utf8" ? `to_json(${cell})` : cell}::VARCHAR, 'null')`
}

const jsonFloat = (number: string): string => `CASE WHEN isfinite(${number}) THEN ${number}::DOUBLE::VARCHAR ELSE 'null' END`

const jsonList = (cell: string, item: string): string =>
  `coalesce('[' || array_to_string(list_transform(${cell}, lambda item: ${item}), ',') || ']', 'null')`

const notFiniteIn = ({ cell, type }: ExportColumn): ReadonlyArray<string> => {
  if (type === "float32" || type === "float64") return [`coalesce((NOT isfinite(${cell}))::INTEGER, 0)`]
  return type === "list<float32>" ? [`coalesce(len(list_filter(${cell}, lambda item: NOT isfinite(item))), 0)`] : []
}
