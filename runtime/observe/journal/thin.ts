import type { RunEvent } from "../event.ts"
import type { JournalledEvent } from "./line.ts"

/** What happened, and when: milliseconds since the run began. */
export interface Timed<E = RunEvent> {
  readonly at: number
  readonly event: E
}

/** Milliseconds between two reports of the progress of a stage. */
const progressEveryMs = 1000

/**
 * Metrics of a stage that are all written. After those, of each write the last step: a journal
 * grows by a few lines a second at most, however fast a stage reports.
 */
const freeMetrics = 50_000

/** Printed lines of a stage that are all written, and of each write after those. */
const freeLines = 10_000
const linesOfEachWrite = 50

/** Characters of a printed line. */
const mostCharacters = 1000

interface Stage {
  metrics: number
  lines: number
  progressAt: number
  /** Progress that came too early to be written. */
  held: Timed<Extract<RunEvent, { type: "stage.progress" }>> | null
}

/**
 * Thins what comes too often for a file: of progress, what has been superseded; of metrics and
 * printed lines, what exceeds a stage's share. All else stays, in order.
 */
export const thinning = (): ((events: ReadonlyArray<Timed>, now: number) => ReadonlyArray<Timed<JournalledEvent>>) => {
  const stages = new Map<string, Stage>()
  const stageOf = (id: string): Stage => {
    const stage = stages.get(id) ?? { metrics: 0, lines: 0, progressAt: Number.NEGATIVE_INFINITY, held: null }
    stages.set(id, stage)
    return stage
  }
  return (events, now) => {
    const kept: Array<Timed<JournalledEvent>> = []
    const remaining = countByStage(events)
    const omitted = new Map<string, number>()
    for (const timed of events) {
      const { at, event } = timed
      switch (event.type) {
        case "stage.progress":
          stageOf(event.id).held = { at, event }
          if (event.step >= event.total) kept.push(...release(stageOf(event.id), now))
          break
        case "stage.metrics": {
          const left = remaining.metrics.take(event.id)
          const stage = stageOf(event.id)
          stage.metrics += 1
          if (stage.metrics <= freeMetrics || left === 0) kept.push(timed)
          break
        }
        case "stage.output": {
          const left = remaining.lines.take(event.id)
          const stage = stageOf(event.id)
          stage.lines += 1
          if (stage.lines > freeLines && left >= linesOfEachWrite) {
            omitted.set(event.id, (omitted.get(event.id) ?? 0) + 1)
            break
          }
          kept.push(...omission(event.id, omitted, at))
          kept.push(event.text.length <= mostCharacters ? timed : { at, event: { ...event, text: event.text.slice(0, mostCharacters) } })
          break
        }
        case "stage.failed":
          kept.push(...release(stageOf(event.id), now), timed)
          stages.delete(event.id)
          break
        case "stage.started":
        case "stage.cached":
        case "stage.finished":
          stages.delete(event.id)
          kept.push(timed)
          break
        case "run.finished":
          for (const stage of stages.values()) kept.push(...release(stage, now))
          kept.push(timed)
          break
        default:
          kept.push(timed)
      }
    }
    for (const stage of stages.values()) if (now - stage.progressAt >= progressEveryMs) kept.push(...release(stage, now))
    return kept
  }
}

/** The progress that a stage holds back, from now on written. */
const release = (stage: Stage, now: number): ReadonlyArray<Timed> => {
  const { held } = stage
  if (held === null) return []
  stage.held = null
  stage.progressAt = now
  return [held]
}

const omission = (id: string, omitted: Map<string, number>, at: number): ReadonlyArray<Timed<JournalledEvent>> => {
  const lines = omitted.get(id)
  omitted.delete(id)
  return lines === undefined ? [] : [{ at, event: { type: "stage.omitted", id, lines } }]
}

/** How many metrics and printed lines of each stage are still to come among the events. */
const countByStage = (events: ReadonlyArray<Timed>) => {
  const counter = (type: RunEvent["type"]) => {
    const counts = new Map<string, number>()
    for (const { event } of events) if (event.type === type && "id" in event) counts.set(event.id, (counts.get(event.id) ?? 0) + 1)
    return {
      /** Takes one, and returns how many are left. */
      take: (id: string): number => {
        const left = (counts.get(id) ?? 0) - 1
        counts.set(id, left)
        return left
      },
    }
  }
  return { metrics: counter("stage.metrics"), lines: counter("stage.output") }
}
