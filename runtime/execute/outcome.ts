import type { RunEvent } from "../observe/event.ts"
import type { StageOutcome } from "../store/runs/record.ts"

/**
 * What an event says a stage came to; null for events that settle nothing. The outcomes of a run
 * are the fold of its events.
 */
export const outcomeOf = (event: RunEvent): StageOutcome | null => {
  switch (event.type) {
    case "stage.cached":
      return { id: event.id, stage: event.stage, outcome: "cached", key: event.key, seconds: 0 }
    case "stage.finished":
      return { id: event.id, stage: event.stage, outcome: "finished", key: event.key, seconds: event.seconds }
    case "stage.failed":
      return { id: event.id, stage: event.stage, outcome: "failed", key: null, seconds: event.seconds }
    case "stage.skipped":
      return { id: event.id, stage: event.stage, outcome: "skipped", key: null, seconds: 0 }
    default:
      return null
  }
}
