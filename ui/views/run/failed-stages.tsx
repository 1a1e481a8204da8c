/** The stages of a run that failed, with what they said. */

import { Link } from "wouter"
import type { RunStage } from "../../../serve/api.ts"
import { stagePage } from "../../address/pages.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Panel } from "../../elements/panel.tsx"
import { plural } from "../../text/format.ts"

/** The others are in the table below. */
const mostShown = 5

export const FailedStages = ({ run, stages }: { readonly run: string; readonly stages: ReadonlyArray<RunStage> }) => {
  const failed = stages.filter(({ outcome }) => outcome === "failed")
  if (failed.length === 0) return null
  return (
    <Panel title={`${plural(failed.length, "stage")} failed`}>
      <ul className="failed-stages">
        {failed.slice(0, mostShown).map(({ id, message }) => (
          <li key={id}>
            <Link href={stagePage(run, id)}>
              <ForeignText text={id} />
            </Link>
            <p className="failed-message clip">
              <ForeignText text={message ?? " "} />
            </p>
          </li>
        ))}
      </ul>
      {failed.length > mostShown ? <p className="faint">and {failed.length - mostShown} more in the table</p> : null}
    </Panel>
  )
}
