import type {
  Histogram,
  HistogramRequest,
  Page,
  PageRequest,
  Selection,
  StatisticsRequest,
  TableDescription,
  TableStatistics,
} from "../grid/api.ts"
import { readHistogram } from "./histogram.ts"
import type { OpenTable } from "./open-table.ts"
import { readPage } from "./page.ts"
import { countSelected, readStatistics } from "./statistics.ts"

/** What can be asked of a table, by the name of the question: the request, and its answer. */
export interface TableQuestions {
  readonly describe: readonly [Record<never, never>, TableDescription]
  readonly page: readonly [PageRequest, Page]
  readonly count: readonly [Selection, number]
  readonly histogram: readonly [HistogramRequest, Histogram]
  readonly statistics: readonly [StatisticsRequest, TableStatistics]
}

export type TableQuestion = {
  [K in keyof TableQuestions]: { readonly ask: K; readonly request: TableQuestions[K][0] }
}[keyof TableQuestions]

export type TableAnswer = TableQuestions[keyof TableQuestions][1]

/** Answers one question about a table. */
export const answerTable = async (table: OpenTable, { ask, request }: TableQuestion): Promise<TableAnswer> => {
  switch (ask) {
    case "describe":
      return { columns: table.columns, rows: table.rows }
    case "page":
      return readPage(table, request)
    case "count":
      return countSelected(table, request)
    case "histogram":
      return readHistogram(table, request)
    case "statistics":
      return readStatistics(table, request)
  }
}
