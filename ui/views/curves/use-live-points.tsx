/** Collects what runs that go on report of a metric, and hands it on a few times a second. */

import { useCallback, useEffect, useRef, useState } from "react"
import type { RunChange } from "../../../serve/api.ts"
import { useRunChanges } from "../../api/live-run.ts"
import { addPoints, type LivePoint, liveKey, pointOf } from "./live-points.ts"

/** Between two drawings of new points. */
const flushMs = 400

/** Points of a stage that are kept: earlier ones were asked for again by then. */
const mostPoints = 2_000

type Points = ReadonlyMap<string, ReadonlyArray<LivePoint>>

export interface LivePoints {
  readonly points: Points
  readonly onChange: (run: string, change: RunChange) => void
}

const none: Points = new Map()

export const useLivePoints = (metric: string, x: string): LivePoints => {
  const of = JSON.stringify([metric, x])
  const [state, setState] = useState({ of, points: none })
  const pending = useRef(new Map<string, Array<LivePoint>>())
  const timer = useRef<number | undefined>(undefined)

  // Points of another metric are worth nothing, and no timer outlives the page.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `of` is what they belong to
  useEffect(
    () => () => {
      window.clearTimeout(timer.current)
      timer.current = undefined
      pending.current.clear()
    },
    [of],
  )

  const onChange = useCallback(
    (run: string, change: RunChange) => {
      if (change.type !== "metrics") return
      const point = pointOf(change.step, change.values, { metric, x })
      if (point === null) return
      const key = liveKey({ run, id: change.id })
      const waiting = pending.current.get(key)
      if (waiting === undefined) pending.current.set(key, [point])
      else waiting.push(point)
      timer.current ??= window.setTimeout(() => {
        timer.current = undefined
        const added = [...pending.current]
        pending.current.clear()
        setState((before) => ({ of, points: merge(before.of === of ? before.points : none, added) }))
      }, flushMs)
    },
    [of, metric, x],
  )
  return { points: state.of === of ? state.points : none, onChange }
}

const merge = (before: Points, added: ReadonlyArray<readonly [string, ReadonlyArray<LivePoint>]>): Points => {
  const points = new Map(before)
  for (const [key, more] of added) points.set(key, addPoints(points.get(key) ?? [], more).slice(-mostPoints))
  return points
}

/** Listens to one run that goes on. */
export const Listener = ({ run, onChange }: { readonly run: string; readonly onChange: LivePoints["onChange"] }) => {
  useRunChanges(run, true, (change) => onChange(run, change))
  return null
}
