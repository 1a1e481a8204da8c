/** Rows for a grid that are asked for in pages, when they become visible. */

import { type QueryKey, type UseQueryOptions, useQueries } from "@tanstack/react-query"
import { useCallback, useEffect, useMemo, useRef, useState } from "react"

/** Rows from `offset` on, of `total`. */
export interface RowPage<R> {
  readonly total: number
  readonly offset: number
  readonly rows: ReadonlyArray<R>
}

interface Options<R> {
  readonly pageSize: number
  /** Changes where other rows are meant: with the table, its filter, its order. */
  readonly of: string
  // biome-ignore lint/suspicious/noExplicitAny: what `select` began with does not matter
  readonly page: (offset: number, limit: number) => UseQueryOptions<any, Error, RowPage<R>, any> & { readonly queryKey: QueryKey }
}

export interface Pages<R> {
  /** Rows altogether; 0 until it is known. While other rows are being loaded, as many as before. */
  readonly total: number
  readonly rowAt: (index: number) => R | undefined
  /** For the grid. */
  readonly onWindow: (first: number, end: number) => void
  /** Nothing has been answered yet. */
  readonly isPending: boolean
  readonly error: Error | null
  readonly retry: () => void
}

/** A bar's thumb passes many pages: they are asked for where it rests. */
const restMs = 40

export const usePages = <R>({ pageSize, of, page }: Options<R>): Pages<R> => {
  const [wanted, setWanted] = useState({ first: 0, last: 0 })
  const timer = useRef<number | undefined>(undefined)
  const onWindow = useCallback(
    (first: number, end: number) => {
      window.clearTimeout(timer.current)
      const next = { first: Math.floor(first / pageSize), last: Math.floor(Math.max(first, end - 1) / pageSize) }
      const set = () => setWanted((before) => (before.first === next.first && before.last === next.last ? before : next))
      timer.current = window.setTimeout(set, restMs)
    },
    [pageSize],
  )
  useEffect(() => () => window.clearTimeout(timer.current), [])

  const numbers = useMemo(() => Array.from({ length: wanted.last - wanted.first + 1 }, (_, index) => wanted.first + index), [wanted])
  const results = useQueries({ queries: numbers.map((number) => page(number * pageSize, pageSize)) })
  const pages = results.map((result) => result.data as RowPage<R> | undefined)
  const stamp = results.map(({ dataUpdatedAt }) => dataUpdatedAt).join()
  const [lastTotal, setLastTotal] = useState(0)
  const known = pages.find((entry) => entry !== undefined)?.total
  useEffect(() => {
    if (known !== undefined) setLastTotal(known)
  }, [known])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `stamp` and `of` stand for the pages
  const rowAt = useMemo(() => {
    const loaded = new Map(numbers.flatMap((number, index) => (pages[index] === undefined ? [] : [[number, pages[index]] as const])))
    return (index: number) => loaded.get(Math.floor(index / pageSize))?.rows[index % pageSize]
  }, [numbers, stamp, of, pageSize])

  const failed = results.find(({ isError }) => isError)
  return {
    total: known ?? lastTotal,
    rowAt,
    onWindow,
    isPending: known === undefined && lastTotal === 0 && failed === undefined,
    error: failed?.error ?? null,
    retry: () => {
      for (const result of results) if (result.isError) void result.refetch()
    },
  }
}
