/** Keeps the list of runs as the server knows it, while the page is open. */

import { type QueryClient, useQueryClient } from "@tanstack/react-query"
import { useEffect } from "react"
import type { RunDetails, RunSummary, RunsChanged } from "../../serve/api.ts"
import { keys } from "./queries.ts"
import { follow } from "./stream.ts"

/** The list with some runs changed or added, newest first. */
export const mergeRuns = (runs: ReadonlyArray<RunSummary>, changed: ReadonlyArray<RunSummary>): ReadonlyArray<RunSummary> => {
  const byName = new Map([...runs, ...changed].map((run) => [run.run, run]))
  return [...byName.values()].sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0))
}

export const useLiveRuns = (): void => {
  const client = useQueryClient()
  useEffect(
    () =>
      follow<RunsChanged>("/live", {
        onMessage: ({ runs }) => updateRuns(client, runs),
        onReopened: () => void client.invalidateQueries({ queryKey: keys.runs }),
      }),
    [client],
  )
}

const updateRuns = (client: QueryClient, changed: ReadonlyArray<RunSummary>): void => {
  client.setQueryData<ReadonlyArray<RunSummary>>(keys.runs, (runs) => (runs === undefined ? runs : mergeRuns(runs, changed)))
  for (const summary of changed) {
    client.setQueryData<RunDetails>(keys.run(summary.run), (details) => (details === undefined ? details : { ...details, ...summary }))
    refreshRun(client, summary.run)
  }
}

/** Stages may end in hundreds at once, where they are cached. */
const refreshMs = 1_500
const waiting = new Set<string>()

/** What else is known of the run changed as well: it is asked for again, if it is looked at. */
const refreshRun = (client: QueryClient, run: string): void => {
  if (waiting.has(run)) return
  waiting.add(run)
  window.setTimeout(() => {
    waiting.delete(run)
    void client.invalidateQueries({ queryKey: keys.run(run) }, { cancelRefetch: false })
  }, refreshMs)
}
