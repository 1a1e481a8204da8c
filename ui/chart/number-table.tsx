/** The numbers of a chart as a table, on demand: for readers who do not see it, and for copying. */

import { useMemo, useState } from "react"
import { CopyButton } from "../elements/copy-button.tsx"
import { ForeignText } from "../elements/foreign-text.tsx"
import { Grid, type GridColumn } from "../elements/grid/grid.tsx"
import { formatNumber, plural } from "../text/format.ts"

export interface NumberColumn {
  readonly key: string
  readonly name: string
  /** Null where the row has no number. */
  readonly at: (row: number) => number | string | null
}

interface Props {
  /** What the table is called. */
  readonly label: string
  readonly columns: ReadonlyArray<NumberColumn>
  readonly rows: number
}

export const NumberTable = (props: Props) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="number-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Numbers <span className="faint">as a table of {plural(props.rows, "row")}</span>
      </summary>
      {isOpen ? <Numbers {...props} /> : null}
    </details>
  )
}

const Numbers = ({ label, columns, rows }: Props) => {
  const gridColumns = useMemo(
    () =>
      columns.map(
        ({ key, name, at }): GridColumn<number> => ({
          key,
          header: <ForeignText text={name} />,
          width: Math.min(280, Math.max(96, 24 + 7 * name.length)),
          align: "end",
          cell: (row) => <span className="number">{show(at(row))}</span>,
        }),
      ),
    [columns],
  )
  // A function of its own for each table: the grid draws its rows again when it changes.
  const rowAt = useMemo(() => (index: number) => (index < rows ? index : undefined), [rows])
  const text = useMemo(() => textOf(columns, rows), [columns, rows])
  return (
    <>
      <p className="number-table-copy">
        <CopyButton text={text} label="Copy the table, with tabs between its cells" /> <span className="faint">Copy with tabs</span>
      </p>
      <Grid label={label} columns={gridColumns} total={rows} rowAt={rowAt} empty="No numbers." />
    </>
  )
}

const show = (value: number | string | null) =>
  value === null ? "" : typeof value === "number" ? formatNumber(value, 5) : <ForeignText text={value} />

/** Lines with tabs; what would be read as one is replaced by a space. */
export const textOf = (columns: ReadonlyArray<NumberColumn>, rows: number): string => {
  const clean = (cell: number | string | null) => (cell === null ? "" : String(cell).replaceAll(/[\t\r\n]/g, " "))
  const lines = Array.from({ length: rows }, (_, row) => columns.map(({ at }) => clean(at(row))).join("\t"))
  return [columns.map(({ name }) => clean(name)).join("\t"), ...lines].join("\n")
}
