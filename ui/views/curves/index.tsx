/** Curves: any metric of any runs over steps or over another metric, while they go on as well. */

import { useQueryClient } from "@tanstack/react-query"
import { useDeferredValue, useEffect, useMemo, useState } from "react"
import { findRun, useRuns } from "../../app/use-runs.ts"
import type { Domain } from "../../chart/scale.ts"
import { Empty } from "../../elements/empty.tsx"
import { Failure } from "../../elements/failure.tsx"
import { Page } from "../../elements/page.tsx"
import { Skeleton } from "../../elements/skeleton.tsx"
import { ComparedRuns } from "./compared-runs.tsx"
import { Controls } from "./controls.tsx"
import { chooseLines, chooseMetric, chooseXs, countMetrics } from "./defaults.ts"
import { type AxisTypes, drawLines } from "./drawn.ts"
import { Figure } from "./figure.tsx"
import { colorChoices, groupLines, stylePositions } from "./lines.ts"
import { extentOf, magnificationOf } from "./magnification.ts"
import { type CurveState, useCurveState } from "./use-curve-state.ts"
import { useCurves, useMetricSources } from "./use-curves.ts"
import { Listener, useLivePoints } from "./use-live-points.tsx"

const CurvesView = ({ run }: { readonly run: string }) => {
  const state = useCurveState()
  const runs = useMemo(() => [run, ...state.runs.filter((other) => other !== run)], [run, state.runs])
  const aliveRuns = useAliveRuns(runs)
  const sources = useMetricSources(runs, aliveRuns)
  return (
    <Page title="Curves" actions={<ComparedRuns run={run} others={runs.slice(1)} onChange={state.setRuns} />}>
      {sources.error === null ? null : <Failure error={sources.error} onRetry={sources.retry} />}
      {sources.data.length > 0 ? (
        <Curves run={run} state={state} sources={sources.data} aliveRuns={aliveRuns} />
      ) : sources.isPending ? (
        <Skeleton lines={8} />
      ) : sources.error === null ? (
        <Empty title="No stage of this run has measured anything.">
          <p>
            Stages that train a model report metrics at every step, such as <code>loss</code> and <code>kl</code>. They appear here from the
            first step on.
          </p>
        </Empty>
      ) : null}
    </Page>
  )
}

/** Those of the runs that go on. When one ends, its curves are asked for once more, whole. */
const useAliveRuns = (runs: ReadonlyArray<string>): ReadonlySet<string> => {
  const client = useQueryClient()
  const known = useRuns().data
  const alive = runs.filter((run) => findRun(known, run)?.alive === true).join("\n")
  useEffect(
    () => () => {
      if (alive !== "") void client.invalidateQueries({ queryKey: ["curves"] })
    },
    [client, alive],
  )
  return useMemo(() => new Set(alive.split("\n").filter((run) => run !== "")), [alive])
}

interface CurvesProps {
  readonly run: string
  readonly state: CurveState
  readonly sources: Parameters<typeof groupLines>[0]
  readonly aliveRuns: ReadonlySet<string>
}

const Curves = ({ run, state, sources, aliveRuns }: CurvesProps) => {
  const metrics = useMemo(() => countMetrics(sources), [sources])
  const metric = chooseMetric(sources, state.metric)
  const xs = useMemo(() => chooseXs(sources, metric), [sources, metric])
  const x = xs.find((name) => name === state.x) ?? "step"
  const groups = useMemo(() => groupLines(sources, metric, run), [sources, metric, run])
  const colors = useMemo(() => colorChoices(groups), [groups])
  const color = colors.find(({ value }) => value === state.color)?.value ?? "line"
  const positions = useMemo(() => stylePositions(groups, color), [groups, color])
  const shown = useMemo(() => chooseLines(groups, state.show), [groups, state.show])
  const shownGroups = useMemo(() => groups.filter(({ key }) => shown.has(key)), [groups, shown])

  const live = useLivePoints(metric, x)
  const curves = useZoomedCurves(shownGroups, { metric, x, zoom: state.zoom }, live.points)
  const [drawnSmooth, setDrawnSmooth] = useState(state.smooth)
  useEffect(() => setDrawnSmooth(state.smooth), [state.smooth])
  const smoothing = useDeferredValue(drawnSmooth)
  const lines = useMemo(
    () =>
      shownGroups.flatMap((group) =>
        drawLines(
          { group, position: positions.get(group.key) ?? 0, curves: curves.data.get(group.key) ?? [] },
          { spread: state.spread, smoothing, isMeasuredX: x !== "step" },
        ),
      ),
    [shownGroups, positions, curves.data, state.spread, smoothing, x],
  )
  const types = useMemo(
    (): AxisTypes => ({ x: state.isLogX ? "log" : "linear", y: state.isLogY ? "log" : "linear" }),
    [state.isLogX, state.isLogY],
  )
  return (
    <>
      {[...aliveRuns].map((alive) => (
        <Listener key={alive} run={alive} onChange={live.onChange} />
      ))}
      <Controls state={state} metric={metric} metrics={metrics} x={x} xs={xs} colors={colors} color={color} onSmooth={setDrawnSmooth} />
      {curves.error === null ? null : <Failure error={curves.error} onRetry={curves.retry} />}
      <Figure
        groups={groups}
        positions={positions}
        shown={shown}
        lines={lines}
        metric={metric}
        x={x}
        types={types}
        zoom={state.zoom}
        isPending={curves.isPending}
        onZoom={state.setZoom}
        onShow={state.setShow}
      />
    </>
  )
}

/** The curves; where they are zoomed into, with finer points as soon as these are there. */
const useZoomedCurves = (
  groups: Parameters<typeof useCurves>[0],
  { metric, x, zoom }: { readonly metric: string; readonly x: string; readonly zoom: Domain | null },
  live: Parameters<typeof useCurves>[2],
) => {
  const whole = useCurves(groups, { metric, x }, live)
  const extent = useMemo(() => extentOf(whole.data.values()), [whole.data])
  const times = magnificationOf(zoom, extent)
  const fine = useCurves(times === 1 ? none : groups, { metric, x, times }, live)
  const data = useMemo(() => new Map([...whole.data, ...[...fine.data].filter(([, curves]) => curves.length > 0)]), [whole.data, fine.data])
  return {
    data,
    isPending: whole.isPending || fine.isPending,
    error: whole.error ?? fine.error,
    retry: whole.error === null ? fine.retry : whole.retry,
  }
}

const none: Parameters<typeof useCurves>[0] = []

export default CurvesView
