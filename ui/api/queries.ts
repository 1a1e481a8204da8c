/** The client's functions as queries, with the keys under which their answers are kept. */

import { keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query"
import type { CurvesRequest, GenerationsRequest, HistogramWanted, QueryRequest, RowsRequest, TableRef } from "../../serve/api.ts"
import {
  getCurves,
  getDifference,
  getFrontiers,
  getGenerationSources,
  getGenerations,
  getHistogram,
  getLineage,
  getMetricSources,
  getProject,
  getResponseSets,
  getRows,
  getRun,
  getRuns,
  getStage,
  getTable,
  query,
} from "./client.ts"
import { ApiError } from "./error.ts"

/** What changes does so through `live.ts`; what is asked again by then is asked on focus. */
const freshMs = 15_000

export const newQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // The server is on this machine: that the machine is offline says nothing.
        networkMode: "always",
        staleTime: freshMs,
        retry: (failures, error) => error instanceof ApiError && error.status === 0 && failures < 2,
        retryDelay: 500,
      },
    },
  })

/** Keys begin with what they depend on: invalidating ["run", run] reaches all that a run has. */
export const keys = {
  project: ["project"],
  runs: ["runs"],
  run: (run: string) => ["run", run],
  stage: (run: string, id: string) => ["run", run, "stage", id],
  generationSources: (run: string) => ["run", run, "generations"],
  metrics: (run: string) => ["run", run, "metrics"],
  frontiers: (run: string) => ["run", run, "frontiers"],
  lineage: (run: string, table: TableRef, row: number | null) => ["run", run, "lineage", table.key, table.output, row],
  difference: (before: string, after: string) => ["difference", before, after],
  result: ({ key, output }: TableRef) => ["result", key, output],
} as const

export const projectQuery = () => queryOptions({ queryKey: keys.project, queryFn: ({ signal }) => getProject(signal) })

export const runsQuery = () => queryOptions({ queryKey: keys.runs, queryFn: ({ signal }) => getRuns(signal) })

export const runQuery = (run: string) => queryOptions({ queryKey: keys.run(run), queryFn: ({ signal }) => getRun(run, signal) })

export const stageQuery = (run: string, id: string) =>
  queryOptions({ queryKey: keys.stage(run, id), queryFn: ({ signal }) => getStage(run, id, signal) })

export const differenceQuery = (before: string, after: string) =>
  queryOptions({ queryKey: keys.difference(before, after), queryFn: ({ signal }) => getDifference(before, after, signal) })

/** Results never change: what is known of one by its key stays true. */
const immutable = { staleTime: Number.POSITIVE_INFINITY } as const

export const tableQuery = (table: TableRef) =>
  queryOptions({ ...immutable, queryKey: keys.result(table), queryFn: ({ signal }) => getTable(table, signal) })

export const responseSetsQuery = (table: TableRef) =>
  queryOptions({ ...immutable, queryKey: [...keys.result(table), "responseSets"], queryFn: ({ signal }) => getResponseSets(table, signal) })

export const rowsQuery = (table: TableRef, wanted: RowsRequest) =>
  queryOptions({
    ...immutable,
    queryKey: [...keys.result(table), "rows", wanted],
    queryFn: ({ signal }) => getRows(table, wanted, signal),
  })

export const histogramQuery = (table: TableRef, wanted: HistogramWanted) =>
  queryOptions({
    ...immutable,
    queryKey: [...keys.result(table), "histogram", wanted],
    queryFn: ({ signal }) => getHistogram(table, wanted, signal),
    placeholderData: keepPreviousData,
  })

export const sqlQuery = (wanted: QueryRequest) =>
  queryOptions({ ...immutable, queryKey: ["query", wanted], queryFn: ({ signal }) => query(wanted, signal), retry: false })

export const generationSourcesQuery = (run: string) =>
  queryOptions({ queryKey: keys.generationSources(run), queryFn: ({ signal }) => getGenerationSources(run, signal) })

export const generationsQuery = (wanted: GenerationsRequest) =>
  queryOptions({
    queryKey: ["generations", wanted],
    queryFn: ({ signal }) => getGenerations(wanted, signal),
    placeholderData: keepPreviousData,
  })

export const metricsQuery = (run: string) =>
  queryOptions({ queryKey: keys.metrics(run), queryFn: ({ signal }) => getMetricSources(run, signal) })

export const curvesQuery = (wanted: CurvesRequest) =>
  queryOptions({ queryKey: ["curves", wanted], queryFn: ({ signal }) => getCurves(wanted, signal), placeholderData: keepPreviousData })

export const frontiersQuery = (run: string) =>
  queryOptions({ queryKey: keys.frontiers(run), queryFn: ({ signal }) => getFrontiers(run, signal) })

export const lineageQuery = (run: string, table: TableRef, row: number | null) =>
  queryOptions({ queryKey: keys.lineage(run, table, row), queryFn: ({ signal }) => getLineage(run, table, row, signal) })
