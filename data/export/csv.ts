import type { SortedSelection } from "../grid/api.ts"
import type { OpenTable } from "../query/open-table.ts"
import { writePieces } from "../written-file.ts"
import { type ExportColumn, exporting } from "./columns.ts"
import { encodeLines } from "./lines.ts"
import { readInOrder } from "./read-in-order.ts"

/**
 * Writes a table as CSV (RFC 4180, with a header, ended by LF); an existing file is replaced. Null
 * is nothing, an empty text `""`; lists are JSON; floats are the shortest text that reads back as
 * the same number, or `nan`, `inf`, `-inf`, which in a list are null. Texts are written as they
 * are, also those that a spreadsheet takes for formulas, because they begin with `=`, `+`, `-` or
 * `@`: import such a column as text. Fails with a DataFileError if a file cannot be read or
 * written.
 */
export const exportCsv = (table: string, file: string): Promise<void> =>
  exporting(table, (open, columns) => writePieces(file, csvPieces(open, columns, {})))

/** The same for some rows and columns of an open table, in pieces of about a mebibyte. */
export const csvPieces = (
  table: OpenTable,
  columns: ReadonlyArray<ExportColumn>,
  selection: SortedSelection,
): AsyncGenerator<Uint8Array, void, undefined> => encodeLines(csvLines(table, columns, selection))

async function* csvLines(table: OpenTable, columns: ReadonlyArray<ExportColumn>, selection: SortedSelection) {
  yield [`${columns.map(({ name }) => (isQuoted.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(",")}\n`]
  const line = `concat(${columns.map(csvCell).join(", ',', ")}, chr(10))`
  for await (const chunk of readInOrder(table, selection, [line])) yield chunk.getColumnValues(0)
}

/** Some readers take what follows `#` for a comment. */
const isQuoted = /^$|[",\n\r#]/

/** A cell as it stands in a line, as SQL; null stands for nothing. */
const csvCell = ({ cell, type }: ExportColumn): string => {
  if (type === "list<int32>") return csvList(cell, "item::VARCHAR")
  if (type === "list<float32>") return csvList(cell, "CASE WHEN isfinite(item) THEN item::VARCHAR ELSE 'null' END")
  if (type !== "utf8") return `${cell}::VARCHAR`
  const special = ["'\"'", "','", "chr(10)", "chr(13)", "'#'"].map((character) => `contains(${cell}, ${character})`)
  return `CASE WHEN ${cell} = '' OR ${special.join(" OR ")} THEN '"' || replace(${cell}, '"', '""') || '"' ELSE ${cell} END`
}

const csvList = (cell: string, item: string): string => {
  const list = `'[' || array_to_string(list_transform(${cell}, lambda item: ${item}), ',') || ']'`
  return `CASE WHEN len(${cell}) > 1 THEN '"' || ${list} || '"' ELSE ${list} END`
}
