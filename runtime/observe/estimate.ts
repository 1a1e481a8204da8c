import type { WiredStage } from "../store/runs/wiring.ts"
import { itemsOf, type Progress, type Running, type RunState, type Settled } from "./state.ts"

/** How long a run and its stages will take from now on, in seconds. */
export interface Estimate {
  /**
   * Until the run ends. Where nothing is known of some stages, it is without them, and at least
   * that; null where nothing is known of any, and for a run that has ended.
   */
  readonly seconds: number | null
  /** How many of the stages that are left nothing is known of. */
  readonly unknown: number
  /**
   * By id, of each stage that runs the time left, of each that waits the time that it will take;
   * null where nothing is known.
   */
  readonly stages: ReadonlyMap<string, number | null>
}

/** What an estimate is made from, besides the state of the run. */
export interface Basis {
  readonly stages: ReadonlyArray<Pick<WiredStage, "id" | "group" | "at" | "inputs">>
  /** What stages took before, by id: of this pipeline, or of this kind with equal parameters. */
  readonly before: ReadonlyMap<string, number>
  /** How many stages compute at one time. */
  readonly parallel: number
}

/** Seconds that a stage still takes at the rate of its own reports; null while it has none. */
export const secondsLeft = ({ step, total, rate, at }: Progress, now: number): number | null =>
  rate === null ? null : Math.max(0, (total - step) / rate - (now - at))

/**
 * Estimates a run. A running stage goes on at its own rate. Another takes what it took before; else
 * what the nearest stages of its group, at other points of the sweeps, took in this run, or else
 * before. Stages that wait may turn out to be cached, so a run may end earlier.
 */
export const estimate = (state: RunState, { stages, before, parallel }: Basis, now: number): Estimate => {
  if (state.outcome !== null) return { seconds: null, unknown: 0, stages: new Map() }
  const settled = new Map(itemsOf(state.settled).map((stage) => [stage.id, stage]))
  const durationOf = durations(stages, settled, before)
  const left = stages.filter(({ id }) => state.running.has(id) || !settled.has(id))
  const times = new Map(
    left.map((stage) => {
      const running = state.running.get(stage.id)
      return [stage.id, running === undefined ? durationOf(stage) : runningLeft(running, durationOf(stage), now)]
    }),
  )
  const unknown = [...times.values()].filter((seconds) => seconds === null).length
  const isKnown = left.length === 0 || unknown < left.length
  return { seconds: isKnown ? makespan(left, { times, running: state.running, parallel }) : null, unknown, stages: times }
}

const runningLeft = ({ progress, since }: Running, duration: number | null, now: number): number | null => {
  const byRate = progress === null ? null : secondsLeft(progress, now)
  return byRate ?? (duration === null ? null : Math.max(0, duration - (now - since)))
}

type Placed = Basis["stages"][number]

const durations = (
  stages: Basis["stages"],
  settled: ReadonlyMap<string, Settled>,
  before: Basis["before"],
): ((stage: Placed) => number | null) => {
  const now = new Map([...settled].flatMap(([id, { outcome, seconds }]) => (outcome === "finished" ? [[id, seconds] as const] : [])))
  const nowByGroup = samples(stages, now)
  const beforeByGroup = samples(stages, before)
  return (stage) =>
    before.get(stage.id) ?? ofNearest(stage, nowByGroup.get(stage.group) ?? []) ?? ofNearest(stage, beforeByGroup.get(stage.group) ?? [])
}

/** What a stage took, and at which point. */
interface Sample {
  readonly at: NonNullable<Placed["at"]>
  readonly took: number
}

const samples = (stages: Basis["stages"], seconds: ReadonlyMap<string, number>): ReadonlyMap<string, ReadonlyArray<Sample>> => {
  const groups = new Map<string, Array<Sample>>()
  for (const { id, group, at = {} } of stages) {
    const took = seconds.get(id)
    if (took === undefined) continue
    const known = groups.get(group) ?? []
    groups.set(group, known)
    known.push({ at, took })
  }
  return groups
}

/** The mean over those of a group that have most axes in common with the stage. */
const ofNearest = (stage: Placed, group: ReadonlyArray<Sample>): number | null => {
  const axes = Object.entries(stage.at ?? {})
  let most = -1
  let sum = 0
  let count = 0
  for (const { at, took } of group) {
    let common = 0
    for (const [axis, value] of axes) if (at[axis] === value) common += 1
    if (common < most) continue
    if (common > most) [most, sum, count] = [common, 0, 0]
    sum += took
    count += 1
  }
  return count === 0 ? null : sum / count
}

interface Work {
  readonly times: ReadonlyMap<string, number | null>
  readonly running: RunState["running"]
  readonly parallel: number
}

/**
 * When the last stage ends, if stages start in order as soon as their inputs are there and fewer
 * than `parallel` compute. Of stages that nothing is known of, it takes none.
 */
const makespan = (left: ReadonlyArray<Placed>, { times, running, parallel }: Work): number => {
  const waitsFor = new Map<string, number>()
  const followers = new Map<string, Array<string>>()
  for (const { id, inputs } of left) {
    const sources = new Set(
      inputs.flatMap(({ from }) => from.flatMap((source) => ("id" in source && times.has(source.id) ? source.id : []))),
    )
    waitsFor.set(id, sources.size)
    for (const source of sources) {
      const list = followers.get(source) ?? []
      followers.set(source, list)
      list.push(id)
    }
  }
  const ready = left.flatMap(({ id }) => (waitsFor.get(id) === 0 && !running.has(id) ? [id] : []))
  const busy: Array<{ readonly id: string; readonly until: number }> = []
  const start = (id: string, now: number): void => {
    busy.push({ id, until: now + (times.get(id) ?? 0) })
  }
  for (const id of running.keys()) if (times.has(id)) start(id, 0)
  let now = 0
  let taken = 0
  for (;;) {
    while (busy.length < Math.max(parallel, 1) && taken < ready.length) {
      start(ready[taken] as string, now)
      taken += 1
    }
    if (busy.length === 0) return now
    const first = busy.reduce((earliest, { until }, index) => (until < (busy[earliest]?.until ?? 0) ? index : earliest), 0)
    const [ended] = busy.splice(first, 1)
    if (ended === undefined) return now
    now = ended.until
    for (const follower of followers.get(ended.id) ?? []) {
      const waiting = (waitsFor.get(follower) ?? 0) - 1
      waitsFor.set(follower, waiting)
      if (waiting === 0 && !running.has(follower)) ready.push(follower)
    }
  }
}
