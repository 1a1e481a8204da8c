/** Where a run that goes on stands, told from its journal. */

import { Effect, Stream } from "effect"
import {
  advance,
  type Basis,
  estimate,
  initialState,
  itemsOf,
  type JournalEvent,
  Journals,
  type RunState,
  runBasis,
  secondsLeft,
} from "../../runtime/index.ts"
import type { LiveRun, LiveStage, RunChange } from "../api.ts"
import type { Numbered } from "./sse.ts"

/** Events are taken together for so long: a page need not be drawn more often. */
const together = "250 millis"
const mostTogether = 2000

/**
 * All changes of a run from its beginning on, then as they happen; of those that happened once,
 * metrics and lines, only what comes after the number `after`.
 */
export const changesOfRun = Effect.fnUntraced(function* (run: string, after: number) {
  const { follow, head } = yield* Journals
  const basis: Basis = yield* runBasis(yield* head(run))
  let state = initialState(0)
  return follow(run).pipe(
    Stream.groupedWithin(mostTogether, together),
    Stream.flatMap((events) => {
      for (const event of events) state = advance(state, event, event.at / 1000)
      const { at = 0, seq = 0 } = events.at(-1) ?? {}
      const changes = events.flatMap((event) => (event.seq > after ? changeOf(event) : []))
      const standingNow = standing(state, basis, at / 1000).map((message) => ({ id: seq, message }))
      return Stream.fromIterable<Numbered<RunChange>>([...changes, ...standingNow])
    }),
  )
})

const changeOf = (event: JournalEvent): ReadonlyArray<Numbered<RunChange>> => {
  const { seq } = event
  if (event.type === "stage.metrics")
    return [{ id: seq, message: { type: "metrics", id: event.id, step: event.step, values: event.values } }]
  return event.type === "stage.output" ? [{ id: seq, message: { type: "line", id: event.id, text: event.text, seq } }] : []
}

const standing = (state: RunState, basis: Basis, now: number): ReadonlyArray<RunChange> => [
  { type: "state", state: liveRun(state, basis, now) },
  ...(state.outcome === null ? [] : [{ type: "end", outcome: state.outcome === "died" ? "unfinished" : state.outcome } as const]),
]

const liveRun = (state: RunState, basis: Basis, now: number): LiveRun => {
  const { seconds, stages } = estimate(state, basis, now)
  return {
    seconds: now,
    total: state.stages,
    done: itemsOf(state.settled).length,
    failed: state.failed,
    left: seconds,
    running: [...state.running.values()].map(
      ({ id, stage, since, progress, printed }): LiveStage => ({
        id,
        stage,
        seconds: now - since,
        step: progress?.step ?? null,
        steps: progress?.total ?? null,
        left: (progress === null ? null : secondsLeft(progress, now)) ?? stages.get(id) ?? null,
        values: progress?.values ?? {},
        log: printed,
      }),
    ),
  }
}
