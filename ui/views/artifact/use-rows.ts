/** Which rows are shown: those that the address asks for, once the server has understood it. */

import { useQuery } from "@tanstack/react-query"
import { useEffect, useMemo, useState } from "react"
import type { Page, PageRow, RowsWanted, TableRef } from "../../../serve/api.ts"
import type { Sort } from "../../address/query.ts"
import { rowsQuery } from "../../api/queries.ts"
import { type Pages, usePages } from "../../elements/grid/use-pages.ts"
import { pageRequest, rowsPerPage, wantedRows } from "./wanted.ts"

/** Pages beyond the visible ones are forgotten soon: a million rows are many megabytes. */
const forgetMs = 30_000

export interface Rows {
  /** What the rows that are shown were asked for with: downloads and histograms are of the same. */
  readonly wanted: RowsWanted
  readonly pages: Pages<PageRow>
  /** Of the table without filter and sort: how wide its columns are is seen from it. */
  readonly sample: Page | undefined
  /** Why the server does not answer what was typed. */
  readonly error: Error | null
  readonly isChecking: boolean
  readonly retry: () => void
}

export const useRows = (table: TableRef, filter: string, search: string, sort: Sort | null): Rows => {
  const asked = useMemo(() => wantedRows(filter, search, sort), [filter, search, sort])
  const page = (wanted: RowsWanted) => (offset: number, limit: number) => ({
    ...rowsQuery(table, pageRequest(wanted, offset, limit)),
    gcTime: forgetMs,
    // Several parts of the page ask for the same page: what is refused once is refused.
    retryOnMount: false,
  })
  const sample = useQuery(page({})(0, rowsPerPage))
  const check = useQuery(page(asked)(0, rowsPerPage))
  const [understood, setUnderstood] = useState<RowsWanted | null>(null)
  const { isSuccess, isError } = check
  useEffect(() => {
    if (isSuccess) setUnderstood(asked)
    // What is wrong from the beginning leaves the whole table.
    else if (isError) setUnderstood((before) => before ?? {})
  }, [asked, isSuccess, isError])
  const wanted = understood ?? asked
  const pages = usePages<PageRow>({ pageSize: rowsPerPage, of: JSON.stringify(wanted), page: page(wanted) })
  return {
    wanted,
    pages,
    sample: sample.data,
    error: check.error ?? sample.error,
    isChecking: check.isFetching,
    retry: () => {
      void check.refetch()
      void sample.refetch()
    },
  }
}
