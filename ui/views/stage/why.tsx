/** Why a stage was computed, or why it was not. */

import { Link } from "wouter"
import type { StageDetails } from "../../../serve/api.ts"
import { comparePage, runPage } from "../../address/pages.ts"
import { ChangeLine } from "../../elements/change/change.tsx"
import { Panel } from "../../elements/panel.tsx"
import { Moment } from "../../elements/quantity.tsx"
import { Reason } from "../../elements/reason.tsx"

export const Why = ({ run, stage }: { readonly run: string; readonly stage: StageDetails }) => {
  const { changes, because, outcome, comparedWith } = stage
  return (
    <Panel
      title={outcome === "cached" ? "Why it was cached" : "Why it was computed"}
      actions={
        comparedWith === null ? null : (
          <span className="faint">
            against <Link href={runPage(comparedWith.run)}>the run</Link> of <Moment at={comparedWith.created} />,{" "}
            <Link href={comparePage(comparedWith.run, run)}>compare both</Link>
          </span>
        )
      }
    >
      {changes.length > 0 ? (
        changes.map((change) => <ChangeLine key={change.component} run={run} change={change} />)
      ) : (
        <p>
          <Reason because={because} outcome={outcome} />
        </p>
      )}
    </Panel>
  )
}
