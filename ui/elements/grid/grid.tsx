/**
 * A table of any number of rows, of which only those that are visible exist. Arrow keys, Page Up
 * and Down, Home and End move a cell; Enter opens its row.
 */

import { type CSSProperties, type KeyboardEvent, memo, type ReactNode, useEffect, useId, useMemo, useState } from "react"
import type { Sort } from "../../address/query.ts"
import { Icon } from "../icon.tsx"
import { type Placed, placeColumns, visibleColumns } from "./columns.ts"
import { moveCell } from "./keys.ts"
import { heightOf, visibleRows } from "./scroll.ts"
import { useScroll } from "./use-scroll.ts"

export interface GridColumn<R> {
  readonly key: string
  readonly header: ReactNode
  /** Pixels. */
  readonly width: number
  /** Gets a share of the width that is left over. */
  readonly grow?: boolean
  readonly align?: "start" | "end"
  readonly sortable?: boolean
  readonly cell: (row: R, index: number) => ReactNode
}

export interface GridProps<R> {
  /** What readers of the screen call it. */
  readonly label: string
  /** The same array as long as the columns are the same: rows are drawn again when it changes. */
  readonly columns: ReadonlyArray<GridColumn<R>>
  readonly total: number
  /** Undefined of a row that is not loaded yet. The function changes when rows do. */
  readonly rowAt: (index: number) => R | undefined
  /** Called with the rows that are visible, `end` not included: a new function is called again. */
  readonly onWindow?: (first: number, end: number) => void
  /** Pixels. */
  readonly rowHeight?: number
  readonly sort?: Sort | null
  readonly onSort?: (column: string) => void
  /** Enter, or a double click. */
  readonly onOpen?: (index: number) => void
  readonly rowClass?: (row: R) => string
  /** Instead of rows, where there are none. */
  readonly empty?: ReactNode
}

/** Rows beyond the visible ones, so that a movement does not show gaps. */
const around = 8
const headerHeight = 30

interface Cell {
  readonly row: number
  readonly column: number
}

export const Grid = <R,>(props: GridProps<R>) => {
  const { label, columns, total, rowAt, onWindow, rowHeight = 28, sort = null, onSort, onOpen, rowClass, empty } = props
  const id = useId()
  const scroll = useScroll({ rows: total, rowHeight, headerHeight })
  const { extent, position, width, left } = scroll
  const rows = visibleRows(extent, position, around)
  const placed = useMemo(() => placeColumns(columns, width), [columns, width])
  const shown = visibleColumns(placed, left, width)
  const [cell, setCell] = useState<Cell | null>(null)
  const active = cell !== null && cell.row < total && cell.column < columns.length ? cell : null

  useEffect(() => onWindow?.(rows.first, rows.end), [onWindow, rows.first, rows.end])

  const last = placed[placed.length - 1]
  const totalWidth = last === undefined ? 0 : last.left + last.width
  const revealCell = ({ row, column }: Cell) => {
    scroll.revealRow(row)
    const place = placed[column]
    if (place !== undefined) scroll.revealColumn(place.left, place.width)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && active !== null && event.target === event.currentTarget) {
      event.preventDefault()
      onOpen?.(active.row)
      return
    }
    const page = Math.max(1, Math.floor(extent.viewport / rowHeight) - 1)
    const next = moveCell(event, active, { rows: total, columns: columns.length, page })
    if (next === null) return
    event.preventDefault()
    setCell(next)
    revealCell(next)
  }
  const onFocus = () => {
    if (active === null && total > 0) setCell({ row: Math.min(total - 1, rows.first === 0 ? 0 : rows.first + around), column: 0 })
  }
  const cellId = (row: number, column: number) => `${id}-${row}-${column}`
  const isShown = active !== null && active.row >= rows.first && active.row < rows.end

  return (
    // The grid itself takes the keys: the cell that they are for is its active descendant.
    <div
      ref={scroll.ref}
      className="grid"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-activedescendant={isShown ? cellId(active.row, active.column) : undefined}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
    >
      <div className="grid-head" role="row" aria-rowindex={1} style={{ blockSize: headerHeight, inlineSize: totalWidth }}>
        {columns.slice(shown.first, shown.end).map((column, offset) => (
          <HeaderCell
            key={column.key}
            column={column}
            index={shown.first + offset}
            place={placed[shown.first + offset]}
            sort={sort}
            onSort={onSort}
          />
        ))}
      </div>
      <div className="grid-body" role="rowgroup" style={{ blockSize: heightOf(extent), inlineSize: totalWidth }}>
        {Array.from({ length: rows.end - rows.first }, (_, offset) => {
          const index = rows.first + offset
          return (
            <GridRow
              key={index}
              index={index}
              row={rowAt(index)}
              top={index * rowHeight - position.offset}
              height={rowHeight}
              columns={columns}
              placed={placed}
              first={shown.first}
              end={shown.end}
              active={active?.row === index ? active.column : null}
              idOf={id}
              onPoint={setCell}
              onOpen={onOpen}
              rowClass={rowClass}
            />
          )
        })}
      </div>
      {total === 0 ? <div className="grid-empty">{empty}</div> : null}
    </div>
  )
}

const styleOf = (place: Placed | undefined): CSSProperties =>
  place === undefined ? {} : { insetInlineStart: place.left, inlineSize: place.width }

const HeaderCell = <R,>({
  column,
  index,
  place,
  sort,
  onSort,
}: {
  readonly column: GridColumn<R>
  readonly index: number
  readonly place: Placed | undefined
  readonly sort: Sort | null
  readonly onSort: ((column: string) => void) | undefined
}) => {
  const direction = sort?.column !== column.key ? "none" : sort.descending ? "descending" : "ascending"
  const isSortable = column.sortable === true && onSort !== undefined
  return (
    <div
      className={`grid-cell grid-header ${column.align === "end" ? "end" : ""}`}
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={isSortable ? direction : undefined}
      style={styleOf(place)}
    >
      {isSortable ? (
        <button type="button" className="grid-sort" onClick={() => onSort(column.key)}>
          <span className="clip">{column.header}</span>
          {direction === "none" ? null : <Icon name={direction === "descending" ? "down" : "up"} />}
        </button>
      ) : (
        <span className="clip">{column.header}</span>
      )}
    </div>
  )
}

interface GridRowProps<R> {
  readonly index: number
  readonly row: R | undefined
  readonly top: number
  readonly height: number
  readonly columns: ReadonlyArray<GridColumn<R>>
  readonly placed: ReadonlyArray<Placed>
  readonly first: number
  readonly end: number
  readonly active: number | null
  readonly idOf: string
  readonly onPoint: (cell: Cell) => void
  readonly onOpen: ((index: number) => void) | undefined
  readonly rowClass: ((row: R) => string) | undefined
}

const GridRowInner = <R,>(props: GridRowProps<R>) => {
  const { index, row, top, height, columns, placed, first, end, active, idOf, onPoint, onOpen, rowClass } = props
  const kind = row === undefined ? "loading" : (rowClass?.(row) ?? "")
  return (
    <div
      className={`grid-row ${kind} ${active === null ? "" : "current"}`}
      role="row"
      aria-rowindex={index + 2}
      style={{ transform: `translateY(${top}px)`, blockSize: height }}
      onDoubleClick={() => onOpen?.(index)}
    >
      {columns.slice(first, end).map((column, offset) => {
        const at = first + offset
        return (
          <div
            key={column.key}
            id={`${idOf}-${index}-${at}`}
            className={`grid-cell ${column.align === "end" ? "end" : ""} ${active === at ? "active" : ""}`}
            role="gridcell"
            aria-colindex={at + 1}
            style={styleOf(placed[at])}
            onPointerDown={() => onPoint({ row: index, column: at })}
          >
            {row === undefined ? <span className="grid-blank" /> : column.cell(row, index)}
          </div>
        )
      })}
    </div>
  )
}

const GridRow = memo(GridRowInner) as typeof GridRowInner
