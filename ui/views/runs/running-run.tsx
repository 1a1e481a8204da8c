/** A run that goes on, above those that do not. */

import { Link } from "wouter"
import type { RunSummary } from "../../../serve/api.ts"
import { runPage } from "../../address/pages.ts"
import { useLiveRun } from "../../api/live-run.ts"
import { LiveProgress } from "../../elements/live-progress.tsx"
import { Panel } from "../../elements/panel.tsx"
import { Moment } from "../../elements/quantity.tsx"
import { Status } from "../../elements/status.tsx"

export const RunningRun = ({ run }: { readonly run: RunSummary }) => {
  const live = useLiveRun(run.run, run.alive)
  return (
    <Panel
      title={
        <span className="row-of">
          <Link href={runPage(run.run)}>{run.pipeline}</Link> <Status state="running" />
        </span>
      }
      actions={
        <span className="faint">
          since <Moment at={run.created} />
        </span>
      }
    >
      <LiveProgress run={run.run} live={live} />
    </Panel>
  )
}
