/** A stored table's columns as those of a grid: first the row's number, which opens the row. */

import type { Page, PageRow, GridColumn as StoredColumn } from "../../../serve/api.ts"
import { Cell } from "../../elements/cell/cell.tsx"
import { alignOf, columnWidth, isClipped } from "../../elements/cell/text.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import type { GridColumn } from "../../elements/grid/grid.tsx"
import { formatCount } from "../../text/format.ts"

/** Rows of the sample that are looked at for the widths of columns. */
const sampledRows = 60

export const rowColumn = "row number"

export const gridColumns = (
  columns: ReadonlyArray<StoredColumn>,
  sample: Page,
  /** Gets the place of a row in the grid. */
  onOpen: (index: number) => void,
): ReadonlyArray<GridColumn<PageRow>> => [
  {
    key: rowColumn,
    header: "Row",
    width: 84,
    align: "end",
    cell: ({ row }, index) => (
      // The keyboard opens a row with Enter, so that the buttons are not stops on its way.
      <button type="button" className="row-open" tabIndex={-1} aria-label={`Open row ${row}`} onClick={() => onOpen(index)}>
        {formatCount(row)}
      </button>
    ),
  },
  ...columns.map((column, index): GridColumn<PageRow> => {
    const cells = sample.rows.slice(0, sampledRows).map(({ cells }) => cells[index] ?? null)
    const width = columnWidth(column.name, cells)
    return {
      key: column.name,
      header: <ForeignText text={column.name} />,
      width,
      grow: isClipped(width),
      align: alignOf(column),
      sortable: true,
      cell: ({ cells, cut }) => <Cell value={cells[index] ?? null} isCut={cut?.includes(index) ?? false} />,
    }
  }),
]
