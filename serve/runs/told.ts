/** What the journal of a run tells of its stages, beyond what the records of the run hold. */

import { Effect } from "effect"
import { type JournalEvent, Journals } from "../../runtime/index.ts"

/** Of the last time that a stage was computed in the run. */
export interface ToldStage {
  /** Seconds since the run began; null where only its failure is known. */
  readonly started: number | null
  /** What it failed with, and the message alone. */
  readonly failure: string | null
  /** Lines that it printed. */
  readonly lines: ReadonlyArray<string>
  /** Names of what it measured, in the order in which they came. */
  readonly metrics: ReadonlySet<string>
}

export interface Told {
  readonly stages: ReadonlyMap<string, ToldStage>
  /** The number of the last event; 0 before the first, and of a run without a journal. */
  readonly seq: number
}

export const toldOf = Effect.fnUntraced(function* (run: string) {
  const { read } = yield* Journals
  return tell(yield* read(run))
})

export const tell = (events: ReadonlyArray<JournalEvent>): Told => {
  const stages = new Map<string, { started: number | null; failure: string | null; lines: Array<string>; metrics: Set<string> }>()
  const of = (id: string) => {
    const known = stages.get(id) ?? { started: null, failure: null, lines: [], metrics: new Set() }
    stages.set(id, known)
    return known
  }
  for (const event of events) {
    if (event.type === "stage.started") {
      stages.delete(event.id)
      of(event.id).started = event.at / 1000
    } else if (event.type === "stage.failed") of(event.id).failure = event.message
    else if (event.type === "stage.output") of(event.id).lines.push(event.text)
    else if (event.type === "stage.metrics") for (const name of Object.keys(event.values)) of(event.id).metrics.add(name)
  }
  return { stages, seq: events.at(-1)?.seq ?? 0 }
}
