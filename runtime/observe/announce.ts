import type { RunEvent } from "./event.ts"
import { duration } from "./format.ts"

/** What an event leaves on the screen for good, a line each; empty for those that only move the live part. */
export const announce = (event: RunEvent): ReadonlyArray<string> => {
  switch (event.type) {
    case "stage.finished":
      return [`done     ${event.id}  ${duration(event.seconds)}`]
    case "stage.failed":
      return [
        `failed   ${event.id}: ${event.tag}: ${event.message}`,
        ...Object.entries(event.details).map(([name, value]) => `           ${name}: ${value}`),
        `           record: ${event.record}`,
      ]
    case "stage.skipped":
      return [`skipped  ${event.id}: needs ${event.because}`]
    case "stage.output":
      return [`         ${event.id}: ${event.text}`]
    case "warning":
      return [`warning  ${event.id}: ${event.message}`]
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
      return []
  }
}
