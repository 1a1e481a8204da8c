/** The runs of the store, and what a run's name in an address means. */

import { useQuery } from "@tanstack/react-query"
import type { RunSummary } from "../../serve/api.ts"
import { latest } from "../address/pages.ts"
import { runsQuery } from "../api/queries.ts"

export const useRuns = () => useQuery(runsQuery())

/** The summary of a run, which may be called "latest"; undefined until it is known. */
export const useRunSummary = (run: string): RunSummary | undefined => findRun(useRuns().data, run)

export const findRun = (runs: ReadonlyArray<RunSummary> | undefined, run: string): RunSummary | undefined =>
  run === latest ? runs?.[0] : runs?.find((summary) => summary.run === run)
