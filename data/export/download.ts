import { QueryError } from "../error.ts"
import type { DownloadFormat, DownloadRequest, SortedSelection } from "../grid/api.ts"
import type { OpenTable } from "../query/open-table.ts"
import { type ExportColumn, exportColumns } from "./columns.ts"
import { csvPieces } from "./csv.ts"
import { jsonLinesPieces } from "./json-lines.ts"
import { parquetPieces } from "./parquet.ts"

type Pieces = (
  table: OpenTable,
  columns: ReadonlyArray<ExportColumn>,
  selection: SortedSelection,
) => AsyncGenerator<Uint8Array, void, undefined>

const formats: Readonly<Record<DownloadFormat, Pieces>> = { csv: csvPieces, jsonl: jsonLinesPieces, parquet: parquetPieces }

/**
 * Some rows and columns of a table as a file, piece by piece: no more is read than is taken. Fails
 * with a QueryError for what the table cannot be asked, with a DataFileError or a ColumnError if it
 * cannot be read.
 */
export async function* downloadPieces(
  table: OpenTable,
  { format, columns, ...selection }: DownloadRequest,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!Object.hasOwn(formats, format))
    throw new QueryError("invalid", `no table is written as ${JSON.stringify(format)}: ask for ${Object.keys(formats).join(", ")}`)
  yield* formats[format](table, await exportColumns(table, columns), selection)
}
