/** What a statement answered: rows in a grid, how many, and how long it took. */

import { useCallback, useMemo, useState } from "react"
import type { QueryAnswer, Value } from "../../../serve/api.ts"
import { Cell } from "../../elements/cell/cell.tsx"
import { FullCells } from "../../elements/cell/full-cells.tsx"
import { columnWidth, isClipped } from "../../elements/cell/text.ts"
import { Empty } from "../../elements/empty.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Grid, type GridColumn } from "../../elements/grid/grid.tsx"
import { SidePanel } from "../../elements/side-panel.tsx"
import { formatDuration, plural } from "../../text/format.ts"
import { countOf } from "./count.ts"

/** Rows that are looked at for the widths of columns. */
const sampledRows = 60

type Row = ReadonlyArray<Value>

export const AnswerGrid = ({ answer }: { readonly answer: QueryAnswer }) => {
  const [opened, setOpened] = useState<{ readonly of: QueryAnswer; readonly index: number } | null>(null)
  const columns = useMemo(() => columnsOf(answer), [answer])
  const rowAt = useCallback((index: number) => answer.rows[index], [answer])
  const index = opened?.of === answer ? opened.index : null
  const row = index === null ? undefined : answer.rows[index]
  return (
    <>
      <p className="faint" role="status">
        {countOf(answer)} · {formatDuration(answer.seconds)}
      </p>
      <div className="beside">
        <Grid
          label="Answer"
          columns={columns}
          total={answer.rows.length}
          rowAt={rowAt}
          onOpen={(next) => setOpened({ of: answer, index: next })}
          rowClass={(shown) => (shown === row ? "open-row" : "")}
          empty={<Empty title="The answer has no rows." />}
        />
        {row === undefined || index === null ? null : (
          <SidePanel title={`Row ${index + 1} of ${plural(answer.rows.length, "row")}`} onClose={() => setOpened(null)}>
            <FullCells cells={answer.columns.map(({ name, type }, at) => ({ name, type, value: row[at] ?? null }))} />
          </SidePanel>
        )}
      </div>
    </>
  )
}

const columnsOf = ({ columns, rows }: QueryAnswer): ReadonlyArray<GridColumn<Row>> =>
  columns.map(({ name }, index) => {
    const cells = rows.slice(0, sampledRows).map((row) => row[index] ?? null)
    const width = columnWidth(name, cells)
    return {
      // Names of an answer need not differ.
      key: `${index} ${name}`,
      header: <ForeignText text={name} />,
      width,
      grow: isClipped(width),
      align: cells.some((cell) => typeof cell === "number") ? "end" : "start",
      cell: (row) => <Cell value={row[index] ?? null} />,
    }
  })
