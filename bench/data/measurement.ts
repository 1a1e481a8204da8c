/** What a benchmark found: a line a thing measured, ours and the others' by turns in one process. */
export interface Measurements {
  readonly about: string
  readonly rows: ReadonlyArray<Measurement>
}

export interface Measurement {
  readonly name: string
  /** Milliseconds, bytes, … */
  readonly unit: string
  /** The middle of several runs. */
  readonly value: number
  /** The runs, in order, where there were several. */
  readonly runs?: ReadonlyArray<number>
  /** Milliseconds of processors, all threads together, the middle of the runs: what a busy machine does not change. */
  readonly processor?: number
}

/**
 * Milliseconds that each of `tasks` takes, the middle of `repeats`, after one run that does not count. They take turns, so that a busy
 * moment of the machine meets all of them.
 */
export const compare = async (
  tasks: Readonly<Record<string, () => Promise<unknown>>>,
  repeats: number,
): Promise<ReadonlyArray<Measurement>> => {
  const runs = new Map(Object.keys(tasks).map((name) => [name, { times: [] as Array<number>, processor: [] as Array<number> }]))
  for (let repeat = -1; repeat < repeats; repeat++) {
    for (const [name, task] of Object.entries(tasks)) {
      globalThis.gc?.()
      const start = performance.now()
      const before = process.cpuUsage()
      await task()
      const { user, system } = process.cpuUsage(before)
      if (repeat < 0) continue
      runs.get(name)?.times.push(performance.now() - start)
      runs.get(name)?.processor.push((user + system) / 1000)
    }
  }
  return [...runs].map(([name, { times, processor }]) => ({
    name,
    unit: "ms",
    value: middle(times),
    runs: times,
    processor: middle(processor),
  }))
}

const middle = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number

/** Prints what was found: as JSON if the options ask for it. */
export const print = (found: Measurements, options: ReadonlyArray<string>): void =>
  console.log(options.includes("--json") ? JSON.stringify(found, null, 2) : lines(found))

const lines = ({ about, rows }: Measurements): string => {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const each = rows.map(({ name, value, unit, runs, processor }) => {
    const spread =
      runs === undefined
        ? ""
        : `  (${Math.min(...runs).toFixed(0)}–${Math.max(...runs).toFixed(0)}; ${processor?.toFixed(0)} of processors)`
    return `${name.padEnd(width)}  ${value.toFixed(value < 10 ? 2 : 0).padStart(10)} ${unit}${spread}`
  })
  return [about, "", ...each].join("\n")
}
