import type { RunEvent } from "./event.ts"
import type { JournalledEvent } from "./journal/line.ts"

/** A stage that is being computed, as its reports tell. Times are in seconds on some clock. */
export interface Running {
  readonly id: string
  readonly stage: string
  readonly since: number
  readonly progress: Progress | null
  /** The step from which it resumed; null if it began at the beginning. */
  readonly resumed: number | null
  /** The last lines that it printed. */
  readonly printed: ReadonlyArray<string>
}

export interface Progress {
  readonly step: number
  readonly total: number
  readonly values: Readonly<Record<string, number>>
  /** Steps a second since the first report; null before the second one. */
  readonly rate: number | null
  readonly first: { readonly step: number; readonly at: number }
  /** When it was reported. */
  readonly at: number
}

/** A stage with an outcome. */
export interface Settled {
  readonly id: string
  readonly stage: string
  readonly outcome: "cached" | "finished" | "failed" | "skipped" | "interrupted"
  readonly at: number
  /** What it computed for; 0 for a stage that did not. */
  readonly seconds: number
  /** Of its result; null if it has none. */
  readonly key: string | null
  /** Of a failed stage, what it threw; of a skipped one, the id of the failed stage. */
  readonly because: string | null
  /** How far it came; null for a stage that reported nothing, and for one with a result. */
  readonly progress: Progress | null
  readonly printed: ReadonlyArray<string>
}

/** Something that the reader should know; `id` is that of a stage, or empty. */
export interface Remark {
  readonly id: string
  readonly message: string
  readonly at: number
}

/** Where a run stands. A stage that is neither running nor settled waits. */
export interface RunState {
  readonly run: string
  readonly pipeline: string
  readonly stages: number
  readonly since: number
  readonly cached: number
  readonly finished: number
  readonly failed: number
  readonly skipped: number
  readonly running: ReadonlyMap<string, Running>
  /** In order; a stage that was computed again is there again, and its last entry counts. */
  readonly settled: List<Settled>
  readonly warnings: List<Remark>
  /** How it ended; null while it goes on. `died`: its process did, before the run had ended. */
  readonly outcome: "done" | "failed" | "interrupted" | "died" | null
  readonly ended: number | null
}

/**
 * A list that grows at its end. Longer lists share their items with shorter ones, so that ten
 * thousand stages do not take ten thousand copies.
 */
export interface List<A> {
  readonly length: number
  /** Those from `length` on belong to longer lists. */
  readonly shared: ReadonlyArray<A>
}

export const itemsOf = <A>({ shared, length }: List<A>): ReadonlyArray<A> => (shared.length === length ? shared : shared.slice(0, length))

const withItem = <A>({ shared, length }: List<A>, item: A): List<A> => {
  const items = shared.length === length ? (shared as Array<A>) : shared.slice(0, length)
  items.push(item)
  return { length: length + 1, shared: items }
}

export const initialState = (now: number): RunState => ({
  run: "",
  pipeline: "",
  stages: 0,
  since: now,
  cached: 0,
  finished: 0,
  failed: 0,
  skipped: 0,
  running: new Map(),
  settled: { length: 0, shared: [] },
  warnings: { length: 0, shared: [] },
  outcome: null,
  ended: null,
})

/** The state after an event. An event that this version does not know changes nothing. */
export const advance = (state: RunState, event: JournalledEvent, now: number): RunState => {
  switch (event.type) {
    case "run.started":
      return { ...state, run: event.run, pipeline: event.pipeline, stages: event.stages, since: now }
    case "stage.started": {
      const { id, stage } = event
      return withRunning(state, { id, stage, since: now, progress: null, resumed: null, printed: [] })
    }
    case "stage.progress":
      return change(state, event.id, (running) => ({ ...running, progress: progressOf(running.progress, event, now) }))
    case "stage.resumed":
      return change(state, event.id, (running) => ({ ...running, resumed: running.resumed ?? event.from }))
    case "stage.output":
      return change(state, event.id, (running) => ({ ...running, printed: [...running.printed.slice(1 - printedLines), event.text] }))
    case "stage.cached":
      return settle({ ...state, cached: state.cached + 1 }, event, { outcome: "cached", at: now, key: event.key })
    case "stage.finished":
      return settle({ ...state, finished: state.finished + 1 }, event, {
        outcome: "finished",
        at: now,
        key: event.key,
        seconds: event.seconds,
      })
    case "stage.failed": {
      const because = `${event.tag}: ${event.message}`
      return settle({ ...state, failed: state.failed + 1 }, event, { outcome: "failed", at: now, seconds: event.seconds, because })
    }
    case "stage.skipped":
      return settle({ ...state, skipped: state.skipped + 1 }, event, { outcome: "skipped", at: now, because: event.because })
    case "warning":
      return { ...state, warnings: withItem(state.warnings, { id: event.id, message: event.message, at: now }) }
    case "run.finished":
      return end(state, event.outcome, now)
    case "run.died":
      return end(state, "died", now)
    default:
      return state
  }
}

/** Lines that a stage printed last. */
const printedLines = 20

const end = (state: RunState, outcome: RunState["outcome"], now: number): RunState => {
  const left = outcome === "interrupted" || outcome === "died" ? [...state.running.values()] : []
  const interrupted = left.reduce(
    (before, running) => settle(before, running, { outcome: "interrupted", at: now, seconds: now - running.since }),
    state,
  )
  return { ...interrupted, running: new Map(), outcome, ended: now }
}

const settle = (
  state: RunState,
  { id, stage }: Pick<Settled, "id" | "stage">,
  came: Pick<Settled, "outcome" | "at"> & Partial<Settled>,
): RunState => {
  const running = state.running.get(id)
  const hasResult = came.outcome === "finished" || came.outcome === "cached"
  const settled: Settled = {
    id,
    stage,
    seconds: 0,
    key: null,
    because: null,
    progress: hasResult ? null : (running?.progress ?? null),
    printed: running?.printed ?? [],
    ...came,
  }
  return { ...state, running: without(state, id), settled: withItem(state.settled, settled) }
}

const progressOf = (before: Progress | null, event: Extract<RunEvent, { type: "stage.progress" }>, now: number): Progress => {
  const { step, total, values } = event
  const first = before?.first ?? { step, at: now }
  const passed = now - first.at
  return { step, total, values, first, at: now, rate: passed > 0 && step > first.step ? (step - first.step) / passed : null }
}

const change = (state: RunState, id: string, changed: (running: Running) => Running): RunState => {
  const running = state.running.get(id)
  return running === undefined ? state : withRunning(state, changed(running))
}

const withRunning = (state: RunState, running: Running): RunState => ({
  ...state,
  running: new Map(state.running).set(running.id, running),
})

const without = (state: RunState, id: string): RunState["running"] => {
  if (!state.running.has(id)) return state.running
  const rest = new Map(state.running)
  rest.delete(id)
  return rest
}
