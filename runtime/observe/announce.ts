import type { RunEvent } from "./event.ts"
import { duration } from "./format.ts"
import { escapeControls, onOneLine } from "./printable.ts"
import { registrationLines } from "./registration-lines.ts"

/**
 * What an event leaves on the screen for good, as lines; empty for those that only move the live
 * part. Nothing in them moves the cursor.
 */
export const announce = (event: RunEvent): ReadonlyArray<string> => linesOf(event).flatMap(printable)

/** A text of several lines goes on further in, where no line of it can be taken for one of ours. */
const printable = (text: string): ReadonlyArray<string> => {
  const [first = "", ...rest] = escapeControls(text).split("\n")
  return [first, ...rest.map((line) => `           ${line}`)]
}

const linesOf = (event: RunEvent): ReadonlyArray<string> => {
  switch (event.type) {
    case "stage.finished":
      return [`done     ${onOneLine(event.id)}  ${duration(event.seconds)}`]
    case "stage.failed":
      return [
        `failed   ${onOneLine(event.id)}: ${event.tag}: ${event.message}`,
        ...Object.entries(event.details).map(([name, value]) => `           ${name}: ${value}`),
        `           record: ${event.record}`,
      ]
    case "stage.skipped":
      return [`skipped  ${onOneLine(event.id)}: needs ${onOneLine(event.because)}`]
    case "stage.output":
      return [`         ${onOneLine(event.id)}: ${event.text}`]
    case "warning":
      return [`warning  ${onOneLine(event.id)}: ${event.message}`]
    case "run.registered":
      return registrationLines(event)
    case "run.finished": {
      const counts = [
        `${event.cached} cached`,
        `${event.finished} computed`,
        ...(event.failed > 0 ? [`${event.failed} failed`] : []),
        ...(event.skipped > 0 ? [`${event.skipped} skipped`] : []),
      ]
      const word = { done: "done", failed: "failed", interrupted: "interrupted" }[event.outcome]
      return [`${word}: ${counts.join(", ")} in ${duration(event.seconds)}`]
    }
    case "run.started":
    case "stage.started":
    case "stage.cached":
    case "stage.progress":
    case "stage.metrics":
    case "stage.resumed":
      return []
  }
}
