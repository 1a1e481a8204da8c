/** Which rows of a table are shown, as the address says: filter, search and sort. */

import type { RowsRequest, RowsWanted } from "../../../serve/api.ts"
import { type Codec, type Sort, textParam } from "../../address/query.ts"

export const filterParam = textParam()
export const searchParam = textParam()

/** Of any column: `score`, `-score`; a name that begins with a sign has one more before it. */
export const columnSortParam: Codec<Sort | null> = {
  read: (text) => {
    if (text === null || text === "") return null
    const hasSign = text.startsWith("-") || text.startsWith("+")
    return { column: hasSign ? text.slice(1) : text, descending: text.startsWith("-") }
  },
  write: (sort) => (sort === null ? null : `${sort.descending ? "-" : /^[+-]/.test(sort.column) ? "+" : ""}${sort.column}`),
}

export const wantedRows = (filter: string, search: string, sort: Sort | null): RowsWanted => ({
  ...(filter.trim() === "" ? {} : { filter }),
  ...(search === "" ? {} : { search }),
  ...(sort === null ? {} : { sort: [{ column: sort.column, direction: sort.descending ? "descending" : "ascending" }] }),
})

export const rowsPerPage = 200
/** Characters of a text, or items of a list, that a cell of the grid has. */
const charactersPerCell = 160
/** The same of a row that is shown whole. */
const charactersOfRow = 100_000

export const pageRequest = (wanted: RowsWanted, offset: number, limit = rowsPerPage): RowsRequest => ({
  ...wanted,
  offset,
  limit,
  cell: charactersPerCell,
})

/** One row by its number in the stored table, whatever is filtered and sorted. */
export const rowRequest = (row: number): RowsRequest => ({ offset: row, limit: 1, cell: charactersOfRow })
