/** Two runs compared: what was given otherwise, what came through from that, what is the same. */

import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"
import type { Difference, RunSummary } from "../../../serve/api.ts"
import { comparePage, runPage } from "../../address/pages.ts"
import { textParam } from "../../address/query.ts"
import { setParams, useParam } from "../../address/use-param.ts"
import { differenceQuery } from "../../api/queries.ts"
import { useRuns } from "../../app/use-runs.ts"
import { Stages } from "../../elements/change/change.tsx"
import { Commit } from "../../elements/commit.tsx"
import { Empty } from "../../elements/empty.tsx"
import { Failure } from "../../elements/failure.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Page } from "../../elements/page.tsx"
import { Panel } from "../../elements/panel.tsx"
import { Duration, Moment } from "../../elements/quantity.tsx"
import { Select } from "../../elements/select.tsx"
import { Skeleton } from "../../elements/skeleton.tsx"
import { Status, stateOfRun } from "../../elements/status.tsx"
import { formatCount, formatMoment, plural } from "../../text/format.ts"
import { conclusionOf } from "./conclusion.ts"
import { DifferentStages, InheritedStages } from "./different-stages.tsx"

const chosen = textParam()

const CompareView = () => {
  const runs = useRuns().data ?? []
  const [before] = useParam("before", chosen)
  const [after] = useParam("after", chosen)
  return (
    <Page
      title="Compare runs"
      actions={
        before === "" || after === "" ? null : (
          <Link className="button" href={comparePage(after, before)}>
            Exchange both
          </Link>
        )
      }
    >
      <div className="compare-choice">
        <RunSelect label="Before" runs={runs} value={before} onChange={(run) => setParams({ before: run }, { push: true })} />
        <RunSelect label="After" runs={runs} value={after} onChange={(run) => setParams({ after: run }, { push: true })} />
      </div>
      {before === "" || after === "" ? (
        <Empty title="Choose two runs to compare." />
      ) : before === after ? (
        <Empty title="Both are the same run. Choose another one." />
      ) : (
        <Compared before={before} after={after} />
      )}
    </Page>
  )
}

export default CompareView

const RunSelect = ({
  label,
  runs,
  value,
  onChange,
}: {
  readonly label: string
  readonly runs: ReadonlyArray<RunSummary>
  readonly value: string
  readonly onChange: (run: string) => void
}) => {
  const options = runs.map((run) => ({
    value: run.run,
    label: `${run.pipeline} · ${formatMoment(run.created, new Date())} · ${stateOfRun(run)}`,
  }))
  const isListed = options.some((option) => option.value === value)
  return (
    <Select
      label={label}
      value={value}
      options={isListed ? options : [{ value, label: value === "" ? "Choose a run" : value }, ...options]}
      onChange={onChange}
    />
  )
}

const Compared = ({ before, after }: { readonly before: string; readonly after: string }) => {
  const query = useQuery(differenceQuery(before, after))
  if (query.data !== undefined) return <Differences difference={query.data} />
  return query.isError ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton lines={10} />
}

const Differences = ({ difference }: { readonly difference: Difference }) => {
  const { before, after, different, onlyBefore, onlyAfter, unproven } = difference
  const own = different.filter((stage) => stage.own.length > 0)
  const inherited = different.filter((stage) => stage.own.length === 0)
  return (
    <>
      <div className="compare-runs">
        <Side title="Before" run={before} />
        <Side title="After" run={after} />
      </div>
      {own.length === 0 ? null : (
        <Panel title={`${plural(own.length, "stage")} ${own.length === 1 ? "was" : "were"} given something else`}>
          <DifferentStages run={after.run} stages={own} />
        </Panel>
      )}
      {inherited.length === 0 ? null : (
        <Panel title={`${plural(inherited.length, "stage")} ${inherited.length === 1 ? "differs" : "differ"} only through these`}>
          <InheritedStages run={after.run} stages={inherited} />
        </Panel>
      )}
      <OnlyIn title="Only before" run={before.run} ids={onlyBefore} />
      <OnlyIn title="Only after" run={after.run} ids={onlyAfter} />
      {unproven.length === 0 ? null : (
        <Panel title={`${plural(unproven.length, "stage")} cannot be compared`}>
          <ul className="compare-list">
            {unproven.map(({ id, reason }) => (
              <li key={id}>
                <ForeignText text={id} />: <ForeignText text={reason} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <p className="compare-same">{conclusionOf(difference)}</p>
    </>
  )
}

const Side = ({ title, run }: { readonly title: string; readonly run: RunSummary }) => (
  <Panel
    title={
      <span className="row-of">
        <span className="faint">{title}</span> <Link href={runPage(run.run)}>{run.pipeline}</Link> <Status state={stateOfRun(run)} />
      </span>
    }
  >
    <p className="row-of soft">
      <Moment at={run.created} /> · <Duration seconds={run.seconds} /> · <Commit commit={run.commit} /> · {formatCount(run.counts.finished)}{" "}
      computed, {formatCount(run.counts.cached)} cached
    </p>
  </Panel>
)

const OnlyIn = ({ title, run, ids }: { readonly title: string; readonly run: string; readonly ids: ReadonlyArray<string> }) =>
  ids.length === 0 ? null : (
    <Panel title={`${title}: ${plural(ids.length, "stage")}`}>
      <details open={ids.length <= 12}>
        <summary>{plural(ids.length, "stage")}</summary>
        <ul className="compare-list">
          {ids.map((id) => (
            <li key={id}>
              <Stages run={run} ids={[id]} />
            </li>
          ))}
        </ul>
      </details>
    </Panel>
  )
