/** The rows of a table: filter, search, downloads, the grid, and beside it its columns or a row. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react"
import type { TableDetails, TableRef } from "../../../serve/api.ts"
import { type Codec, numberParam } from "../../address/query.ts"
import { useDraft } from "../../address/use-draft.ts"
import { setParams, useParam } from "../../address/use-param.ts"
import { Empty } from "../../elements/empty.tsx"
import { Failure } from "../../elements/failure.tsx"
import { Grid } from "../../elements/grid/grid.tsx"
import { Icon } from "../../elements/icon.tsx"
import { Skeleton } from "../../elements/skeleton.tsx"
import { TextField } from "../../elements/text-field.tsx"
import { nextSort } from "../artifacts/outputs.ts"
import { ColumnsPanel } from "./columns-panel.tsx"
import { addConditions } from "./conditions.ts"
import { Downloads } from "./downloads.tsx"
import { FilterField, FilterStatus } from "./filter-field.tsx"
import { gridColumns, rowColumn } from "./grid-columns.tsx"
import { RowPanel } from "./row-panel.tsx"
import { useRows } from "./use-rows.ts"
import { columnSortParam, filterParam, searchParam } from "./wanted.ts"

/** The panel of columns is there unless it was closed. */
const columnsParam: Codec<boolean> = { read: (text) => text !== "0", write: (isOpen) => (isOpen ? null : "0") }
const rowParam = numberParam(null)

interface Props {
  readonly run: string
  readonly artifact: TableDetails
  /** The same object as long as the table is the same. */
  readonly table: TableRef
  /** The stage of this run that made it. */
  readonly maker: string | null
}

export const TableView = ({ run, artifact, table, maker }: Props) => {
  const [filter, setFilter] = useParam("filter", filterParam)
  const [search, setSearch] = useParam("search", searchParam)
  const [sort, setSort] = useParam("sort", columnSortParam)
  const [row, setRow] = useParam("row", rowParam)
  const [hasColumns, setHasColumns] = useParam("columns", columnsParam)
  const filterDraft = useDraft(filter, setFilter)
  const searchDraft = useDraft(search, setSearch)
  const { wanted, pages, sample, error, isChecking, retry } = useRows(table, filter, search, sort)
  const place = useOpenPlace(row)

  const openPlace = useStable((index: number) => {
    const opened = pages.rowAt(index)
    if (opened === undefined) return
    place.set(index)
    setRow(opened.row)
  })
  const columns = useMemo(
    () => (sample === undefined ? null : gridColumns(artifact.columns, sample, openPlace)),
    [artifact.columns, sample, openPlace],
  )
  const addToFilter = useCallback(
    (conditions: ReadonlyArray<string>) => setParams({ filter: addConditions(filter, conditions) }, { push: true }),
    [filter],
  )
  return (
    <>
      <div className="row-of">
        <FilterField draft={filterDraft} hasError={error !== null} columns={artifact.columns} />
        <TextField label="Search" hideLabel placeholder="Search in texts" value={searchDraft.text} onChange={searchDraft.type} />
        <button type="button" className="button" aria-pressed={hasColumns} onClick={() => setHasColumns(!hasColumns)}>
          <Icon name="table" /> Columns
        </button>
        <Downloads table={table} wanted={wanted} />
      </div>
      <FilterStatus filter={filter} error={error} isChecking={isChecking} total={pages.total} all={artifact.rows} />
      <div className="beside">
        {pages.error !== null ? (
          <Failure error={pages.error} onRetry={pages.retry} />
        ) : columns === null ? (
          error === null ? (
            <Skeleton lines={10} label="Loading rows" />
          ) : (
            <Failure error={error} onRetry={retry} />
          )
        ) : (
          <Grid
            label={`Rows of ${artifact.name}`}
            columns={columns}
            total={pages.total}
            rowAt={pages.rowAt}
            onWindow={pages.onWindow}
            sort={sort}
            onSort={(column) => (column === rowColumn ? undefined : setSort(nextSort(sort, column)))}
            onOpen={openPlace}
            rowClass={(shown) => (shown.row === row ? "open-row" : "")}
            empty={pages.isPending || isChecking ? null : <Empty title="No row fits." />}
          />
        )}
        {row !== null ? (
          <RowPanel
            run={run}
            artifact={artifact}
            table={table}
            maker={maker}
            row={row}
            onBefore={place.at === null || place.at === 0 ? null : () => openPlace((place.at ?? 0) - 1)}
            onAfter={place.at === null || place.at >= pages.total - 1 ? null : () => openPlace((place.at ?? 0) + 1)}
            onClose={() => setRow(null)}
          />
        ) : hasColumns ? (
          <ColumnsPanel artifact={artifact} table={table} wanted={wanted} onConditions={addToFilter} />
        ) : null}
      </div>
    </>
  )
}

/** A function that stays the same, and does what the newest one does: columns depend on it. */
const useStable = (act: (index: number) => void): ((index: number) => void) => {
  const latest = useRef(act)
  latest.current = act
  return useCallback((index) => latest.current(index), [])
}

/** Where among the rows that are shown the open row is; not known of one that an address opened. */
const useOpenPlace = (row: number | null) => {
  const [at, set] = useState<number | null>(null)
  useEffect(() => {
    if (row === null) set(null)
  }, [row])
  return { at, set }
}
