import type { RunEvent } from "./event.ts"

/** A stage that is being computed, as its reports tell. Times are in seconds on some clock. */
export interface Running {
  readonly id: string
  readonly stage: string
  readonly since: number
  readonly progress: Progress | null
}

export interface Progress {
  readonly step: number
  readonly total: number
  readonly values: Readonly<Record<string, number>>
  /** Steps a second since the first report; null before the second one. */
  readonly rate: number | null
  readonly first: { readonly step: number; readonly at: number }
}

/** Where a run stands. */
export interface RunState {
  readonly pipeline: string
  readonly stages: number
  readonly since: number
  readonly cached: number
  readonly finished: number
  readonly failed: number
  readonly skipped: number
  readonly running: ReadonlyMap<string, Running>
}

export const initialState = (now: number): RunState => ({
  pipeline: "",
  stages: 0,
  since: now,
  cached: 0,
  finished: 0,
  failed: 0,
  skipped: 0,
  running: new Map(),
})

export const advance = (state: RunState, event: RunEvent, now: number): RunState => {
  switch (event.type) {
    case "run.started":
      return { ...state, pipeline: event.pipeline, stages: event.stages, since: now }
    case "stage.started":
      return { ...state, running: withStage(state, { id: event.id, stage: event.stage, since: now, progress: null }) }
    case "stage.progress": {
      const running = state.running.get(event.id)
      if (running === undefined) return state
      return { ...state, running: withStage(state, { ...running, progress: progressOf(running.progress, event, now) }) }
    }
    case "stage.cached":
      return { ...state, cached: state.cached + 1, running: without(state, event.id) }
    case "stage.finished":
      return { ...state, finished: state.finished + 1, running: without(state, event.id) }
    case "stage.failed":
      return { ...state, failed: state.failed + 1, running: without(state, event.id) }
    case "stage.skipped":
      return { ...state, skipped: state.skipped + 1 }
    case "run.registered":
    case "stage.metrics":
    case "stage.resumed":
    case "stage.output":
    case "warning":
      return state
    case "run.finished":
      return { ...state, running: new Map() }
  }
}

const progressOf = (before: Progress | null, event: Extract<RunEvent, { type: "stage.progress" }>, now: number): Progress => {
  const { step, total, values } = event
  const first = before?.first ?? { step, at: now }
  const passed = now - first.at
  return { step, total, values, first, rate: passed > 0 && step > first.step ? (step - first.step) / passed : null }
}

const withStage = (state: RunState, running: Running): RunState["running"] => new Map(state.running).set(running.id, running)

const without = (state: RunState, id: string): RunState["running"] => {
  if (!state.running.has(id)) return state.running
  const rest = new Map(state.running)
  rest.delete(id)
  return rest
}
