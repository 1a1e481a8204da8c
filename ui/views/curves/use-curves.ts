/** The sources and the curves of the runs that are compared, with what is reported meanwhile. */

import { useQueries } from "@tanstack/react-query"
import { useMemo } from "react"
import type { Curve, MetricSource } from "../../../serve/api.ts"
import { curvesQuery, metricsQuery } from "../../api/queries.ts"
import type { LineGroup } from "./lines.ts"
import { joinPoints, type LivePoint, liveKey } from "./live-points.ts"

/**
 * Points of a curve that are asked for: about the pixels of a plot, and fewer of each where there
 * are many curves, so that all of them stay quick to draw.
 */
const pointsOf = (curves: number): number => (curves <= 16 ? 1_000 : curves <= 48 ? 500 : 250)

/** New stages begin to measure while a run goes on. */
const sourcesEveryMs = 5_000

/** What the stream did not bring, and points that the server has thinned out again. */
const curvesEveryMs = 15_000

interface Answers<A> {
  readonly data: A
  readonly isPending: boolean
  readonly error: Error | null
  readonly retry: () => void
}

export const useMetricSources = (runs: ReadonlyArray<string>, aliveRuns: ReadonlySet<string>): Answers<ReadonlyArray<MetricSource>> =>
  useQueries({
    queries: runs.map((run) => ({ ...metricsQuery(run), refetchInterval: aliveRuns.has(run) ? sourcesEveryMs : (false as const) })),
    combine: (results) => ({
      data: results.flatMap(({ data = [] }) => data),
      ...statusOf(results),
    }),
  })

/**
 * The curves of each line that is shown, by its key, with `times` as many points as are usual: one
 * query per line, so that each is kept.
 */
export const useCurves = (
  lines: ReadonlyArray<LineGroup>,
  { metric, x, times = 1 }: { readonly metric: string; readonly x: string; readonly times?: number },
  live: ReadonlyMap<string, ReadonlyArray<LivePoint>>,
): Answers<ReadonlyMap<string, ReadonlyArray<Curve>>> => {
  const points = times * pointsOf(lines.reduce((sum, { sources }) => sum + sources.length, 0))
  const answers = useQueries({
    queries: lines.map(({ sources, isLive }) => ({
      ...curvesQuery({ series: sources.map(({ run, id }) => ({ run, id })), metric, x, points }),
      refetchInterval: isLive ? curvesEveryMs : (false as const),
    })),
    combine: (results) => ({
      // Until they are answered, the curves of another metric stand in their place.
      curves: results.map(({ data, isPlaceholderData }) => (isPlaceholderData ? undefined : data)),
      ...statusOf(results),
    }),
  })
  const { curves, ...status } = answers
  const data = useMemo(
    () =>
      new Map(
        lines.map(({ key }, index) => [
          key,
          (curves[index] ?? []).map((curve) => {
            const later = live.get(liveKey(curve))
            return later === undefined ? curve : { ...curve, ...joinPoints(curve, later, x) }
          }),
        ]),
      ),
    [lines, curves, live, x],
  )
  return { data, ...status }
}

interface Result {
  readonly isPending: boolean
  readonly isPlaceholderData: boolean
  readonly error: Error | null
  readonly refetch: () => unknown
}

const statusOf = (results: ReadonlyArray<Result>) => {
  const failed = results.find(({ error }) => error !== null)
  return {
    isPending: results.some(({ isPending, isPlaceholderData }) => isPending || isPlaceholderData),
    error: failed?.error ?? null,
    retry: () => {
      for (const result of results) if (result.error !== null) void result.refetch()
    },
  }
}
