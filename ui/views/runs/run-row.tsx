/** One run as a row of the table. */

import { Link } from "wouter"
import type { RunSummary } from "../../../serve/api.ts"
import { comparePage, runPage, stagePage } from "../../address/pages.ts"
import { Commit } from "../../elements/commit.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Count, Duration, Moment } from "../../elements/quantity.tsx"
import { Registration } from "../../elements/registration.tsx"
import { Status, stateOfRun } from "../../elements/status.tsx"
import { unknown } from "../../text/format.ts"

export const RunRow = ({
  run,
  before,
  isTicked,
  onTick,
}: {
  readonly run: RunSummary
  readonly before: RunSummary | null
  readonly isTicked: boolean
  readonly onTick: () => void
}) => (
  <tr>
    <td>
      <input type="checkbox" aria-label={`Compare ${run.run}`} checked={isTicked} onChange={onTick} />
    </td>
    <td>
      <Link className="runs-link" href={runPage(run.run)} title={run.file}>
        {run.pipeline}
      </Link>
    </td>
    <td>
      <Moment at={run.created} />
    </td>
    <td>
      <Status state={stateOfRun(run)} />
    </td>
    <td className="end">
      <Count count={run.counts.finished} />
    </td>
    <td className="end soft">
      <Count count={run.counts.cached} />
    </td>
    <td className={run.counts.failed > 0 ? "end runs-failed" : "end faint"}>
      <Count count={run.counts.failed} />
    </td>
    <td className="end">
      <Duration seconds={run.seconds} />
    </td>
    <td className="runs-slowest">
      {run.slowest === null ? (
        <span className="faint">{unknown}</span>
      ) : (
        <span className="runs-slowest-in">
          <Link className="clip-start" href={stagePage(run.run, run.slowest.id)}>
            <ForeignText text={run.slowest.id} />
          </Link>
          <span className="faint">
            <Duration seconds={run.slowest.seconds} />
          </span>
        </span>
      )}
    </td>
    <td>
      <Commit commit={run.commit} />
    </td>
    <td>
      <Registration registration={run.registration} />
    </td>
    <td>
      {before === null ? null : (
        <Link className="button quiet" href={comparePage(before.run, run.run)} title={`Compare with ${before.pipeline} ${before.run}`}>
          diff<span className="unseen"> of {run.run} with the run before</span>
        </Link>
      )}
    </td>
  </tr>
)
