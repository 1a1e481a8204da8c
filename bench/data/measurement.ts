/**
 * The results of a benchmark: one line per quantity, ours and the others' measured in turns in one
 * process.
 */
export interface Measurements {
  readonly about: string
  readonly rows: ReadonlyArray<Measurement>
}

export interface Measurement {
  readonly name: string
  /** Milliseconds, bytes, … */
  readonly unit: string
  /** The median of several runs. */
  readonly value: number
  /** The runs, in order, if there were several. */
  readonly runs?: ReadonlyArray<number>
  /** CPU milliseconds of all threads, the median of the runs: a busy machine does not change it. */
  readonly processor?: number
}

/**
 * The milliseconds that each of `tasks` takes: the median of `repeats` runs after one warm-up. The
 * tasks take turns, so that a busy moment of the machine affects all of them.
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

/** Prints the results, as JSON if the options ask for it. */
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
