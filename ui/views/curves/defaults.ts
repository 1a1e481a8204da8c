/** What is shown where the address does not say. */

import type { MetricSource } from "../../../serve/api.ts"
import type { LineGroup } from "./lines.ts"

/** More lines than that are not told apart. */
const mostLines = 24

/** The metrics of the sources with how many sources have each: the most common first. */
export const countMetrics = (sources: ReadonlyArray<MetricSource>): ReadonlyArray<{ readonly name: string; readonly count: number }> => {
  const counts = new Map<string, number>()
  for (const { names } of sources) for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}

/** The metric that was asked for, else the loss, else the most common one; "" of no sources. */
export const chooseMetric = (sources: ReadonlyArray<MetricSource>, asked: string): string => {
  const metrics = countMetrics(sources)
  const has = (wanted: string) => metrics.some(({ name }) => name === wanted)
  if (has(asked)) return asked
  return has("loss") ? "loss" : (metrics[0]?.name ?? "")
}

/** Metrics that some source has beside this one, for the other axis; usual ones first. */
export const chooseXs = (sources: ReadonlyArray<MetricSource>, metric: string): ReadonlyArray<string> => {
  const beside = countMetrics(sources.filter(({ names }) => names.includes(metric))).map(({ name }) => name)
  const usual = ["kl", "tokens"].filter((name) => beside.includes(name))
  return ["step", ...usual, ...beside.filter((name) => name !== metric && name !== "step" && !usual.includes(name))]
}

/** The keys of the lines to draw: those asked for as far as they exist, else the first ones. */
export const chooseLines = (lines: ReadonlyArray<LineGroup>, asked: ReadonlyArray<string> | null): ReadonlySet<string> => {
  const keys = lines.map(({ key }) => key)
  if (asked === null) return new Set(keys.slice(0, mostLines))
  const wanted = new Set(asked)
  const found = keys.filter((key) => wanted.has(key))
  // Those of another metric or another pipeline: nothing would be drawn.
  return new Set(found.length === 0 && asked.length > 0 ? keys.slice(0, mostLines) : found)
}
