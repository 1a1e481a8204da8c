/** Rows of a table, which can be copied for a spreadsheet. */

import type { ReportTable } from "../../serve/report/data.ts"
import { CopyButton } from "../elements/copy-button.tsx"
import { ForeignText } from "../elements/foreign-text.tsx"
import { formatNumber, plural } from "../text/format.ts"
import { visibleText } from "../text/visible.ts"

interface Props {
  readonly table: ReportTable
  /** Whether only its name is shown until it is opened; in print then too. */
  readonly isFolded?: boolean
}

/** Rows of an opened table; all of them can be copied. */
const mostShown = 200

export const ResultTable = ({ table, isFolded = false }: Props) => {
  const { name, rows, total } = table
  const copy = <CopyButton text={textOf(table)} label={`Copy ${name}, with tabs between its cells`} />
  const size = rows.length < total ? `the first ${rows.length} of ${plural(total, "row")}` : plural(total, "row")
  if (!isFolded)
    return (
      <div className="report-result">
        <h3>
          <ForeignText text={name} /> <span className="faint">{size}</span> {copy}
        </h3>
        <Rows table={table} />
      </div>
    )
  return (
    <details className="report-data">
      <summary>
        Data: <ForeignText text={name} />, {size}
      </summary>
      <p>
        {copy} <span className="faint">Copy with tabs</span>
      </p>
      <Rows table={table} />
    </details>
  )
}

const Rows = ({ table: { name, columns, rows } }: { readonly table: ReportTable }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keys
  <div className="report-table-scroll" role="region" aria-label={visibleText(name)} tabIndex={0}>
    <table className="report-table">
      <thead>
        <tr>
          {columns.map((column, index) => (
            <th key={column} className={rows.some((row) => typeof row[index] === "number") ? "number" : undefined}>
              <ForeignText text={column.replaceAll("_", " ")} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, mostShown).map((row, index) => (
          <tr key={`${index}`}>
            {row.map((cell, column) => (
              <td key={columns[column]} className={typeof cell === "number" ? "number" : undefined}>
                {typeof cell === "number" ? formatNumber(cell) : cell === null ? "" : <ForeignText text={textOfCell(cell)} />}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

type Cell = ReportTable["rows"][number][number]

const textOfCell = (cell: Cell): string => (typeof cell === "string" ? cell : JSON.stringify(cell))

/** Lines with tabs; what would be read as one is replaced by a space. */
const textOf = ({ columns, rows }: ReportTable): string => {
  const clean = (cell: Cell) => (cell === null ? "" : textOfCell(cell).replaceAll(/[\t\r\n]/g, " "))
  return [columns, ...rows].map((cells) => cells.map(clean).join("\t")).join("\n")
}
