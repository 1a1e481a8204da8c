/** Which tables of a run the first page leads to. */

import type { RunStage } from "../../../serve/api.ts"

export interface LatestTable {
  readonly key: string
  readonly output: string
  readonly label: string
  readonly rows: number | null
}

/** More do not fit into a line. */
const mostTables = 8

/**
 * Tables of stages outside of sweeps, in the order in which they were made. A stage is called by
 * its id alone where it has one table.
 */
export const tablesOf = (stages: ReadonlyArray<Pick<RunStage, "id" | "at" | "key" | "outputs">>): ReadonlyArray<LatestTable> =>
  stages
    .flatMap(({ id, at, key, outputs }): ReadonlyArray<LatestTable> => {
      if (key === null || Object.keys(at).length > 0) return []
      const tables = outputs.filter(({ kind }) => kind === "table")
      return tables.map(({ name, rows }) => ({ key, output: name, label: tables.length === 1 ? id : `${id} · ${name}`, rows }))
    })
    .slice(0, mostTables)
