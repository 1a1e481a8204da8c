/** Chips that choose states: how many there are of each, and which are shown. */

import type { State } from "./status.tsx"
import { Status } from "./status.tsx"

const order: ReadonlyArray<State> = ["failed", "running", "finished", "cached", "skipped", "interrupted", "unfinished", "done"]

export const StateChips = ({
  states,
  chosen,
  onChange,
}: {
  /** Of all things, chosen or not. */
  readonly states: ReadonlyArray<State>
  /** Empty: all are shown. */
  readonly chosen: ReadonlyArray<string>
  readonly onChange: (chosen: ReadonlyArray<string>) => void
}) => {
  const counts = new Map<State, number>()
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1)
  return (
    <fieldset className="chips">
      <legend className="unseen">Outcomes</legend>
      {order
        .filter((state) => counts.has(state) || chosen.includes(state))
        .map((state) => (
          <button
            key={state}
            type="button"
            className="chip"
            aria-pressed={chosen.includes(state)}
            onClick={() => onChange(chosen.includes(state) ? chosen.filter((other) => other !== state) : [...chosen, state])}
          >
            <Status state={state} /> {counts.get(state) ?? 0}
          </button>
        ))}
    </fieldset>
  )
}
