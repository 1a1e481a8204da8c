/** One function per path of the contract in `serve/api.ts`. */

import type {
  Curve,
  CurvesRequest,
  Difference,
  Frontier,
  GenerationSource,
  GenerationsPage,
  GenerationsRequest,
  Histogram,
  HistogramWanted,
  Lineage,
  MetricSource,
  Page,
  Project,
  QueryAnswer,
  QueryRequest,
  ResponseSets,
  RowsRequest,
  RowsWanted,
  RunDetails,
  RunSummary,
  StageDetails,
  TableDetails,
  TableRef,
} from "../../serve/api.ts"
import { withParams } from "../address/query.ts"
import { addressOf, get, path, post } from "./request.ts"

export const getProject = (signal?: AbortSignal) => get<Project>("/project", signal)

export const getRuns = (signal?: AbortSignal) => get<ReadonlyArray<RunSummary>>("/runs", signal)

export const getRun = (run: string, signal?: AbortSignal) => get<RunDetails>(path`/runs/${run}`, signal)

export const getStage = (run: string, id: string, signal?: AbortSignal) => get<StageDetails>(path`/runs/${run}/stages/${id}`, signal)

export const getDifference = (before: string, after: string, signal?: AbortSignal) =>
  get<Difference>(`/diff${withParams("", { before, after })}`, signal)

export const getTable = ({ key, output }: TableRef, signal?: AbortSignal) => get<TableDetails>(path`/results/${key}/${output}`, signal)

export const getRows = ({ key, output }: TableRef, wanted: RowsRequest, signal?: AbortSignal) =>
  post<Page>(path`/results/${key}/${output}/rows`, wanted, signal)

export const getHistogram = ({ key, output }: TableRef, wanted: HistogramWanted, signal?: AbortSignal) =>
  post<Histogram>(path`/results/${key}/${output}/histogram`, wanted, signal)

export const getResponseSets = ({ key, output }: TableRef, signal?: AbortSignal) =>
  get<ResponseSets>(path`/results/${key}/${output}/response-sets`, signal)

export const query = (wanted: QueryRequest, signal?: AbortSignal) => post<QueryAnswer>("/query", wanted, signal)

export const getGenerationSources = (run: string, signal?: AbortSignal) =>
  get<ReadonlyArray<GenerationSource>>(path`/runs/${run}/generations`, signal)

export const getGenerations = (wanted: GenerationsRequest, signal?: AbortSignal) => post<GenerationsPage>("/generations", wanted, signal)

export const getMetricSources = (run: string, signal?: AbortSignal) => get<ReadonlyArray<MetricSource>>(path`/runs/${run}/metrics`, signal)

export const getCurves = (wanted: CurvesRequest, signal?: AbortSignal) => post<ReadonlyArray<Curve>>("/curves", wanted, signal)

export const getFrontiers = (run: string, signal?: AbortSignal) => get<ReadonlyArray<Frontier>>(path`/runs/${run}/frontiers`, signal)

/** `row` is a place in the stored table, from 0. */
export const getLineage = (run: string, { key, output }: TableRef, row: number | null, signal?: AbortSignal) =>
  get<Lineage>(`${path`/runs/${run}/lineage`}${withParams("", { key, output, row: row === null ? null : String(row) })}`, signal)

/** The address of a download, for a link. */
export const downloadAddress = ({ key, output }: TableRef, format: "parquet" | "csv" | "jsonl", wanted: RowsWanted): string => {
  const sort = wanted.sort === undefined || wanted.sort.length === 0 ? null : JSON.stringify(wanted.sort)
  const params = { format, filter: wanted.filter || null, search: wanted.search || null, sort }
  return addressOf(`${path`/results/${key}/${output}/download`}${withParams("", params)}`)
}

/** The address of one file of an artifact, for a link. */
export const fileAddress = ({ key, output }: TableRef, name: string): string => addressOf(path`/results/${key}/${output}/files/${name}`)
