/** The columns of a table, and how the rows that are shown are distributed in each. */

import { useQuery } from "@tanstack/react-query"
import { useEffect, useRef, useState } from "react"
import type { GridColumn, RowsWanted, TableDetails, TableRef } from "../../../serve/api.ts"
import { getHistogram } from "../../api/client.ts"
import { histogramQuery } from "../../api/queries.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { SidePanel } from "../../elements/side-panel.tsx"
import { plural } from "../../text/format.ts"
import { HistogramChart } from "./histogram-chart.tsx"
import { oneByOne } from "./one-by-one.ts"

interface Props {
  readonly artifact: TableDetails
  readonly table: TableRef
  readonly wanted: RowsWanted
  readonly onConditions: (conditions: ReadonlyArray<string>) => void
}

export const ColumnsPanel = ({ artifact, table, wanted, onConditions }: Props) => {
  const { filter, search } = wanted
  const selected: RowsWanted = { ...(filter === undefined ? {} : { filter }), ...(search === undefined ? {} : { search }) }
  return (
    <SidePanel title={plural(artifact.columns.length, "column")}>
      <ul className="column-list">
        {artifact.columns.map((column) => (
          <ColumnCard key={column.name} column={column} table={table} selected={selected} onConditions={onConditions} />
        ))}
      </ul>
    </SidePanel>
  )
}

const inTurn = oneByOne()

interface CardProps {
  readonly column: GridColumn
  readonly table: TableRef
  /** Which rows are counted: their order does not matter. */
  readonly selected: RowsWanted
  readonly onConditions: (conditions: ReadonlyArray<string>) => void
}

const ColumnCard = ({ column, table, selected, onConditions }: CardProps) => {
  const { ref, isVisible } = useVisible()
  const wanted = { ...selected, column: column.name }
  const { data, error } = useQuery({
    ...histogramQuery(table, wanted),
    queryFn: ({ signal }) => inTurn(signal, () => getHistogram(table, wanted, signal)),
    enabled: isVisible,
  })
  return (
    <li ref={ref} className="column-card">
      <p className="column-head">
        <strong className="clip">
          <ForeignText text={column.name} />
        </strong>
        <span className="full-cell-type">{column.type.toLowerCase()}</span>
      </p>
      {data !== undefined ? (
        <HistogramChart column={column} histogram={data} onConditions={onConditions} />
      ) : error !== null ? (
        <p className="wrong">
          <ForeignText text={error.message} />
        </p>
      ) : (
        <div className="histogram">
          <span className="skeleton-line" />
        </div>
      )}
    </li>
  )
}

/** Whether an element is on the screen: a table may have eighty columns, each a question. */
const useVisible = () => {
  const ref = useRef<HTMLLIElement>(null)
  const [isVisible, setVisible] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const observer = new IntersectionObserver(([entry]) => setVisible(entry?.isIntersecting ?? false), { rootMargin: "120px" })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, isVisible }
}
