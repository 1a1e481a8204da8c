/** Which curves are one line: those that differ in nothing but seed and world. */

import type { MetricSource } from "../../../serve/api.ts"

/** Axes along which runs of one arm are repeated. */
const repeated: ReadonlySet<string> = new Set(["seed", "world"])

/** What is drawn as one line with a band. */
export interface LineGroup {
  /** The same in another run of the same pipeline, unless it is drawn beside this one. */
  readonly key: string
  readonly run: string
  readonly arm: string
  /** The axes but seed and world. */
  readonly axes: Readonly<Record<string, string>>
  /** The arm with the axes that tell lines apart, and the run where there are several. */
  readonly label: string
  readonly sources: ReadonlyArray<MetricSource>
  readonly isLive: boolean
}

/** The lines of a metric, in order of arms, axes and runs. */
export const groupLines = (sources: ReadonlyArray<MetricSource>, metric: string, mainRun: string): ReadonlyArray<LineGroup> => {
  const measuring = sources.filter(({ names }) => names.includes(metric))
  const telling = tellingAxes(measuring)
  const severalRuns = new Set(measuring.map(({ run }) => run)).size > 1
  const groups = new Map<string, Array<MetricSource>>()
  for (const source of measuring) {
    const key = keyOf(source, mainRun)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [source])
    else group.push(source)
  }
  const lines = [...groups].map(([key, group]): LineGroup => {
    const [{ run, arm, at } = emptySource] = group
    const axes = axesOf(at)
    return {
      key,
      run,
      arm,
      axes,
      label: [
        arm,
        ...telling.filter((axis) => axis in axes).map((axis) => `${axis}=${axes[axis]}`),
        ...(severalRuns ? [`in ${run}`] : []),
      ].join(" "),
      sources: group,
      isLive: group.some(({ live }) => live),
    }
  })
  return lines.sort((a, b) => compareNaturally(a.arm, b.arm) || compareAxes(a, b, telling) || compareRuns(a, b, mainRun))
}

const emptySource: MetricSource = { run: "", id: "", arm: "", at: {}, names: [], live: false }

const axesOf = (at: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(at).filter(([axis]) => !repeated.has(axis)))

const keyOf = ({ run, arm, at }: MetricSource, mainRun: string): string => {
  const axes = Object.entries(axesOf(at)).sort(([a], [b]) => (a < b ? -1 : 1))
  const parts = [arm, ...axes.flat()].map(encodeURIComponent)
  return `${parts.join(";")}${run === mainRun ? "" : `@${encodeURIComponent(run)}`}`
}

/** Axes on which not all sources have the same value. */
const tellingAxes = (sources: ReadonlyArray<MetricSource>): ReadonlyArray<string> => {
  const names = new Set(sources.flatMap(({ at }) => Object.keys(axesOf(at))))
  return [...names].filter((axis) => new Set(sources.map(({ at }) => at[axis])).size > 1)
}

const collator = new Intl.Collator("en", { numeric: true })

/** 2 before 10, and 0.03 before 0.1. */
export const compareNaturally = (a: string, b: string): number => {
  const [x, y] = [Number(a), Number(b)]
  return a !== "" && b !== "" && Number.isFinite(x) && Number.isFinite(y) ? x - y : collator.compare(a, b)
}

const compareAxes = (a: LineGroup, b: LineGroup, axes: ReadonlyArray<string>): number => {
  for (const axis of axes) {
    const order = compareNaturally(a.axes[axis] ?? "", b.axes[axis] ?? "")
    if (order !== 0) return order
  }
  return 0
}

const compareRuns = (a: LineGroup, b: LineGroup, mainRun: string): number =>
  Number(b.run === mainRun) - Number(a.run === mainRun) || (a.run < b.run ? 1 : a.run > b.run ? -1 : 0)

/** By what lines can be coloured: a value of `color` in the address, and how it is called. */
export interface ColorBy {
  readonly value: string
  readonly label: string
}

export const colorChoices = (lines: ReadonlyArray<LineGroup>): ReadonlyArray<ColorBy> => {
  const several = (values: ReadonlyArray<string>) => new Set(values).size > 1
  const axes = [...new Set(lines.flatMap((line) => Object.keys(line.axes)))]
  return [
    { value: "line", label: "each line" },
    ...(several(lines.map(({ arm }) => arm)) ? [{ value: "arm", label: "arm" }] : []),
    ...axes.filter((axis) => several(lines.map((line) => line.axes[axis] ?? ""))).map((axis) => ({ value: `axis ${axis}`, label: axis })),
    ...(several(lines.map(({ run }) => run)) ? [{ value: "run", label: "run" }] : []),
  ]
}

/** The position of each line's style, by its key: lines that are alike in `by` share one. */
export const stylePositions = (lines: ReadonlyArray<LineGroup>, by: string): ReadonlyMap<string, number> => {
  const colored = (line: LineGroup): string =>
    by === "arm" ? line.arm : by === "run" ? line.run : by.startsWith("axis ") ? (line.axes[by.slice(5)] ?? "") : line.key
  const values = [...new Set(lines.map(colored))]
  if (by.startsWith("axis ")) values.sort(compareNaturally)
  return new Map(lines.map((line) => [line.key, values.indexOf(colored(line))]))
}
