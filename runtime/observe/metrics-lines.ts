import type { RunEvent } from "./event.ts"
import { escapeJson } from "./printable.ts"
import type { Renderer } from "./render.ts"

/** What belongs to the metrics of a run: which run it is, and what repeats. */
const kept: ReadonlySet<RunEvent["type"]> = new Set(["run.started", "stage.resumed", "stage.metrics"])

/**
 * Of the events of a run those about metrics, as lines of JSON. `write` gets whole lines: at once
 * all that have come since the last time.
 */
export const metricsLines = (write: (lines: string) => void): Renderer => {
  let lines = ""
  const flush = (): void => {
    if (lines !== "") write(lines)
    lines = ""
  }
  return {
    show: (event) => {
      if (kept.has(event.type)) lines += `${escapeJson(JSON.stringify(event))}\n`
    },
    tick: flush,
    end: flush,
  }
}
