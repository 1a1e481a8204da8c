/** Runs: what ran, when, from which commit, and how it ended. */

import { useState } from "react"
import { Link } from "wouter"
import type { RunSummary } from "../../../serve/api.ts"
import { comparePage } from "../../address/pages.ts"
import { listParam, textParam } from "../../address/query.ts"
import { useParam } from "../../address/use-param.ts"
import { useRuns } from "../../app/use-runs.ts"
import { Empty } from "../../elements/empty.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { Page } from "../../elements/page.tsx"
import { Panel } from "../../elements/panel.tsx"
import { stateOfRun } from "../../elements/status.tsx"
import { TextField } from "../../elements/text-field.tsx"
import { formatCount } from "../../text/format.ts"
import { LatestTables } from "./latest-tables.tsx"
import { orderPair, runBefore } from "./pairs.ts"
import { RunRow } from "./run-row.tsx"
import { RunningRun } from "./running-run.tsx"

const searched = textParam()
/** Rows that are drawn at first, and that a click adds. */
const step = 100

const RunsView = () => {
  const query = useRuns()
  return (
    <Page title="Runs" actions={<CompareLast runs={query.data ?? []} />}>
      <Loaded query={query}>{(runs) => <Runs runs={runs} />}</Loaded>
    </Page>
  )
}

export default RunsView

const CompareLast = ({ runs: [newest, before] }: { readonly runs: ReadonlyArray<RunSummary> }) =>
  newest === undefined || before === undefined ? null : (
    <Link className="button" href={comparePage(before.run, newest.run)}>
      Compare the last two
    </Link>
  )

const Runs = ({ runs }: { readonly runs: ReadonlyArray<RunSummary> }) => {
  const [text, setText] = useParam("q", searched)
  const [ticked, setTicked] = useParam("ticked", listParam)
  const [most, setMost] = useState(step)
  const shown = runs.filter((run) => matches(run, text))
  const pair = orderPair(runs, ticked)
  // Two can be compared: a third takes the place of the one that was ticked first.
  const tick = (run: string) => setTicked(ticked.includes(run) ? ticked.filter((other) => other !== run) : [...ticked, run].slice(-2))
  return (
    <>
      {runs
        .filter(({ alive }) => alive)
        .map((run) => (
          <RunningRun key={run.run} run={run} />
        ))}
      {runs[0] === undefined ? null : <LatestTables run={runs[0].run} />}
      <Panel
        flush
        title={`${formatCount(shown.length)} of ${formatCount(runs.length)} runs`}
        actions={
          <div className="row-of">
            <TextField label="Filter runs" hideLabel placeholder="Pipeline, commit, outcome" value={text} onChange={setText} />
            {pair === null ? (
              <button type="button" className="button" disabled>
                Compare
              </button>
            ) : (
              <Link className="button primary" href={comparePage(pair.before, pair.after)}>
                Compare
              </Link>
            )}
          </div>
        }
      >
        <table className="runs">
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">To compare</span>
              </th>
              <th scope="col">Pipeline</th>
              <th scope="col">When</th>
              <th scope="col">Outcome</th>
              <th scope="col" className="end">
                Computed
              </th>
              <th scope="col" className="end">
                Cached
              </th>
              <th scope="col" className="end">
                Failed
              </th>
              <th scope="col" className="end">
                Duration
              </th>
              <th scope="col">Slowest stage</th>
              <th scope="col">Commit</th>
              <th scope="col">Registration</th>
              <th scope="col">
                <span className="unseen">Compare with the run before</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.slice(0, most).map((run) => (
              <RunRow
                key={run.run}
                run={run}
                before={runBefore(runs, run)}
                isTicked={ticked.includes(run.run)}
                onTick={() => tick(run.run)}
              />
            ))}
          </tbody>
        </table>
        {shown.length === 0 ? <Empty title="No run fits the filter." /> : null}
      </Panel>
      {shown.length > most ? (
        <button type="button" className="button more" onClick={() => setMost(most + step)}>
          Show {Math.min(step, shown.length - most)} more
        </button>
      ) : null}
    </>
  )
}

/** Every word occurs in something that the row shows. */
const matches = (run: RunSummary, text: string): boolean => {
  const haystack = [run.pipeline, run.run, run.file, run.commit?.id ?? "", stateOfRun(run), run.slowest?.id ?? ""].join(" ").toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word))
}
