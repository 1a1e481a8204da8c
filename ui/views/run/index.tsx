/** A run: its facts, and its stages. */

import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"
import type { RunDetails } from "../../../serve/api.ts"
import { comparePage, graphPage } from "../../address/pages.ts"
import { useLiveRun } from "../../api/live-run.ts"
import { runQuery } from "../../api/queries.ts"
import { useStandingStages } from "../../api/standing-stages.ts"
import { useRuns } from "../../app/use-runs.ts"
import { Commit } from "../../elements/commit.tsx"
import { Fact, Facts } from "../../elements/facts.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { LiveProgress } from "../../elements/live-progress.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { Page } from "../../elements/page.tsx"
import { Panel } from "../../elements/panel.tsx"
import { Duration, Moment } from "../../elements/quantity.tsx"
import { Registration } from "../../elements/registration.tsx"
import { Skeleton } from "../../elements/skeleton.tsx"
import { Status, stateOfRun } from "../../elements/status.tsx"
import { formatCount } from "../../text/format.ts"
import { runBefore } from "../runs/pairs.ts"
import { FailedStages } from "./failed-stages.tsx"
import { StageTable } from "./stage-table.tsx"

const RunView = ({ run }: { readonly run: string }) => {
  const query = useQuery(runQuery(run))
  const { data } = query
  return (
    <Page
      fill
      title={data === undefined ? run : `${data.pipeline} ${run}`}
      heading={
        data === undefined ? (
          run
        ) : (
          <span className="row-of">
            {data.pipeline} <Status state={stateOfRun(data)} />
          </span>
        )
      }
      actions={<Actions run={run} />}
    >
      <Loaded query={query} skeleton={<Skeleton lines={8} />}>
        {(details) => <Details details={details} />}
      </Loaded>
    </Page>
  )
}

export default RunView

const Actions = ({ run }: { readonly run: string }) => {
  const runs = useRuns().data ?? []
  const summary = runs.find((other) => other.run === run)
  const before = summary === undefined ? null : runBefore(runs, summary)
  return (
    <>
      <Link className="button" href={graphPage(run)}>
        Graph
      </Link>
      {before === null ? null : (
        <Link className="button" href={comparePage(before.run, run)} title={`${before.pipeline} ${before.run}`}>
          Compare with the run before
        </Link>
      )}
    </>
  )
}

const Details = ({ details }: { readonly details: RunDetails }) => {
  const live = useLiveRun(details.run, details.alive)
  const stages = useStandingStages(details, live)
  return (
    <>
      <Facts>
        <Fact name="Started">
          <Moment at={details.created} />
        </Fact>
        <Fact name="Duration">
          <Duration seconds={live?.seconds ?? details.seconds} />
        </Fact>
        <Fact name="Pipeline file">
          <code>
            <ForeignText text={details.file} />
          </code>
        </Fact>
        <Fact name="Commit">
          <Commit commit={details.commit} />
        </Fact>
        <Fact name="Stages">
          {formatCount(details.counts.finished)} computed, {formatCount(details.counts.cached)} cached, {formatCount(details.counts.failed)}{" "}
          failed
        </Fact>
        <Fact name="Registration">
          <Registration registration={details.registration} />
        </Fact>
      </Facts>
      {details.registration !== null && details.registration.differences.length > 0 ? (
        <Panel title="Not as it was registered">
          <ul>
            {details.registration.differences.map((difference) => (
              <li key={difference}>
                <ForeignText text={difference} />
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
      {details.alive ? (
        <Panel title="In progress">
          <LiveProgress run={details.run} live={live} />
        </Panel>
      ) : null}
      <FailedStages run={details.run} stages={details.stages} />
      <StageTable run={details.run} stages={stages} />
    </>
  )
}
