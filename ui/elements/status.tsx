/** How something ended, or that it goes on: a word with an icon and a colour. */

import type { RunSummary, Outcome as StageOutcome } from "../../serve/api.ts"
import { Icon, type IconName } from "./icon.tsx"

export type State = StageOutcome | "done" | "running"

const icons: Readonly<Record<State, IconName>> = {
  done: "check",
  finished: "check",
  cached: "equal",
  failed: "cross",
  skipped: "dash",
  interrupted: "pause",
  unfinished: "dots",
  running: "ring",
}

/** The state of a run: one without an end may be going on, or was killed. */
export const stateOfRun = ({ outcome, alive }: Pick<RunSummary, "outcome" | "alive">): State => (alive ? "running" : outcome)

export const Status = ({ state, word = state }: { readonly state: State; readonly word?: string }) => (
  <span className={`status status-${state}`}>
    <Icon name={icons[state]} />
    {word}
  </span>
)

/** The icon alone, where the word stands beside it or in a column's label. */
export const StatusIcon = ({ state }: { readonly state: State }) => (
  <span className={`status status-${state}`} title={state}>
    <Icon name={icons[state]} />
    <span className="unseen">{state}</span>
  </span>
)
