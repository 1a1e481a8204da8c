/** The run that is looked at, in the header; a click chooses another. */

import { navigate } from "wouter/use-browser-location"
import type { RunSummary } from "../../serve/api.ts"
import { latest } from "../address/pages.ts"
import { type Choice, Chooser } from "../elements/chooser/chooser.tsx"
import { Icon } from "../elements/icon.tsx"
import { Moment } from "../elements/quantity.tsx"
import { StatusIcon, stateOfRun } from "../elements/status.tsx"
import { pageInRun, useChosenRun, useCurrentRoute } from "./route.ts"
import { findRun, useRuns } from "./use-runs.ts"

export const RunButton = ({ onClick }: { readonly onClick: () => void }) => {
  const chosen = useChosenRun()
  const summary = findRun(useRuns().data, chosen)
  return (
    <button type="button" className="run-choice" aria-haspopup="dialog" title="Choose another run" onClick={onClick}>
      <span className="unseen">Run: </span>
      {summary === undefined ? <span className="clip faint">{chosen === latest ? "No run" : chosen}</span> : <Summary run={summary} />}
      {chosen === latest && summary !== undefined ? <span className="tag">latest</span> : null}
      <Icon name="down" />
    </button>
  )
}

const Summary = ({ run }: { readonly run: RunSummary }) => (
  <>
    <StatusIcon state={stateOfRun(run)} />
    <span className="clip">{run.pipeline}</span>
    <span className="faint">
      <Moment at={run.created} />
    </span>
  </>
)

interface RunChoice extends Choice {
  readonly run: string
}

export const RunChooser = ({ onClose }: { readonly onClose: () => void }) => {
  const runs = useRuns().data ?? []
  const route = useCurrentRoute()
  const choices: ReadonlyArray<RunChoice> = [
    { key: latest, run: latest, text: "latest", label: "latest: always the newest run" },
    ...runs.map((summary) => ({
      key: summary.run,
      run: summary.run,
      text: `${summary.pipeline} ${summary.run} ${stateOfRun(summary)}`,
      label: (
        <>
          <StatusIcon state={stateOfRun(summary)} /> {summary.pipeline} <span className="faint">{summary.run}</span>
        </>
      ),
      hint: <Moment at={summary.created} />,
    })),
  ]
  return (
    <Chooser
      label="Choose a run"
      placeholder="Pipeline, time or outcome"
      choices={choices}
      onChoose={({ run }) => navigate(pageInRun(route, run))}
      onClose={onClose}
    />
  )
}
