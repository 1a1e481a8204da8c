/** What happens in one run, while it goes on: one stream per run, however many elements listen. */

import { useEffect, useRef, useState } from "react"
import type { LiveRun, RunChange } from "../../serve/api.ts"
import { path } from "./request.ts"
import { follow } from "./stream.ts"

type PrintedLine = Extract<RunChange, { readonly type: "line" }>

interface Followed {
  readonly listeners: Set<(change: RunChange) => void>
  readonly stop: () => void
  state: LiveRun | null
  /** The last lines that stages printed. */
  readonly lines: Array<PrintedLine>
}

/** Of what stages print without end, the last lines are kept. */
export const mostLines = 5_000

const followed = new Map<string, Followed>()

/**
 * Listens to a run until the function that it returns is called. The last lines and the last state
 * come at once.
 */
export const listenToRun = (run: string, listener: (change: RunChange) => void): (() => void) => {
  const stream = followed.get(run) ?? start(run)
  stream.listeners.add(listener)
  for (const line of stream.lines) listener(line)
  if (stream.state !== null) listener({ type: "state", state: stream.state })
  return () => {
    stream.listeners.delete(listener)
    if (stream.listeners.size > 0) return
    stream.stop()
    if (followed.get(run) === stream) followed.delete(run)
  }
}

const start = (run: string): Followed => {
  const listeners = new Set<(change: RunChange) => void>()
  const stop = follow<RunChange>(path`/runs/${run}/live`, {
    onMessage: (change) => {
      if (change.type === "state") stream.state = change.state
      if (change.type === "line" && stream.lines.push(change) > mostLines) stream.lines.shift()
      // The server ends the stream: asking for it again would only have it end again.
      if (change.type === "end") stop()
      for (const listener of [...listeners]) listener(change)
    },
    // Each stream begins with the whole state.
    onReopened: () => undefined,
  })
  const stream: Followed = { listeners, stop, state: null, lines: [] }
  followed.set(run, stream)
  return stream
}

/** Calls back at every change of a run that goes on; of one that does not, never. */
export const useRunChanges = (run: string, alive: boolean, onChange: (change: RunChange) => void): void => {
  const latest = useRef(onChange)
  latest.current = onChange
  useEffect(() => (alive && run !== "" ? listenToRun(run, (change) => latest.current(change)) : undefined), [run, alive])
}

/** Where a run stands that goes on; null of one that does not, and until it is known. */
export const useLiveRun = (run: string, alive: boolean): LiveRun | null => {
  const [state, setState] = useState<{ readonly run: string; readonly live: LiveRun } | null>(null)
  useRunChanges(run, alive, (change) => {
    if (change.type === "state") setState({ run, live: change.state })
    if (change.type === "end") setState(null)
  })
  return alive && state?.run === run ? state.live : null
}
