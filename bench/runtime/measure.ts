import { reruns } from "./peers.ts"
import { type Cost, openProject, type Project } from "./project.ts"

/** A measurement and its goal. `unit` is seconds, milliseconds per stage, or megabytes. */
interface Row {
  readonly name: string
  readonly value: number
  readonly goal: number
  readonly unit: "s" | "ms" | "MB"
}

/**
 * How many times as fast as each peer a rerun without changes has to be, and for how many stages.
 */
const lead = 20
const peerStages = 1000

/**
 * `npm run bench -- runtime [--json] [--stages n] [--peers]`: the cost of the runtime itself, on
 * pipelines whose stages do nothing. Each command is timed as a whole process; the fastest of three
 * counts. `--stages` makes the large pipeline smaller than 10,000 stages (a quarter of an hour, as
 * each has its own process), and its rows then say so. `--peers` measures instead a rerun without
 * changes by DVC, Snakemake and redun, as far as they are installed.
 */
export const run = async (options: ReadonlyArray<string>): Promise<void> => {
  if (options.includes("--peers")) return peers(options.includes("--json"))
  const at = options.indexOf("--stages")
  const large = at < 0 ? 10_000 : Number(options[at + 1])
  const project = openProject([100, large])
  // A separate store, without the history of other pipelines.
  const fresh = openProject([])
  try {
    const quickestIn = async ({ assay }: Project, ...command: ReadonlyArray<string>): Promise<Cost> => {
      const costs = [await assay(...command), await assay(...command), await assay(...command)]
      return { seconds: Math.min(...costs.map(({ seconds }) => seconds)), peak: Math.max(...costs.map(({ peak }) => peak)) }
    }
    const quickest = (...command: ReadonlyArray<string>) => quickestIn(project, ...command)
    await project.assay("--version")
    const version = await quickest("--version")
    const cold = await quickest("plan", `noop-${large}.ts`, "--json")
    await project.assay("run", "noop-100.ts")
    const plan = await quickest("plan", "noop-100.ts", "--json")
    const executed = await project.assay("run", `noop-${large}.ts`, "--json")
    const cached = await quickest("run", `noop-${large}.ts`, "--json")
    const planned = await quickest("plan", `noop-${large}.ts`, "--json")
    await fresh.assay("plan", "wide.ts", "--json")
    const wide = await quickestIn(fresh, "plan", "wide.ts", "--json")
    const rows: ReadonlyArray<Row> = [
      { name: "--version", value: version.seconds, goal: 0.3, unit: "s" },
      { name: "plan, 100 cached stages", value: plan.seconds, goal: 0.6, unit: "s" },
      { name: `plan, ${large} stages, none cached`, value: cold.seconds, goal: 1.5, unit: "s" },
      { name: `plan, ${large} stages, all cached`, value: planned.seconds, goal: 1.5, unit: "s" },
      { name: `run, ${large} stages, all cached`, value: cached.seconds, goal: 3, unit: "s" },
      { name: `run, ${large} stages, all cached: memory`, value: cached.peak / 1e6, goal: 300, unit: "MB" },
      {
        name: `run, ${large} stages of a user's, none cached: each`,
        value: ((executed.seconds - cached.seconds) / (large - 100)) * 1000,
        goal: 80,
        unit: "ms",
      },
      { name: "fingerprints of 100 stages over 201 modules, unchanged", value: wide.seconds - version.seconds, goal: 0.2, unit: "s" },
    ]
    console.log(options.includes("--json") ? JSON.stringify(rows) : rows.map(text).join("\n"))
  } finally {
    project.close()
    fresh.close()
  }
}

const peers = async (json: boolean): Promise<void> => {
  const project = openProject([peerStages])
  try {
    const [own, ...others] = await reruns(project, peerStages)
    const ownSeconds = Number(own?.seconds)
    const rows = others.map(({ name, seconds }) => ({
      name,
      seconds,
      assay: ownSeconds,
      times: typeof seconds === "number" ? seconds / ownSeconds : null,
      goal: lead,
    }))
    if (json) return console.log(JSON.stringify(rows))
    console.log(`rerun of ${peerStages} stages, nothing changed: assay ${ownSeconds.toPrecision(3)} s`)
    for (const { name, seconds, times } of rows) {
      if (typeof seconds === "string" || times === null) console.log(`  ${name.padEnd(10)} ${seconds}`)
      else
        console.log(
          `  ${name.padEnd(10)} ${seconds.toPrecision(3)} s, ${times.toPrecision(3)} times as long   goal ${lead}${times >= lead ? "" : "   missed"}`,
        )
    }
  } finally {
    project.close()
  }
}

const text = ({ name, value, goal, unit }: Row): string =>
  `${name.padEnd(56)}${`${value.toPrecision(3)} ${unit}`.padStart(10)}   goal ${`${goal} ${unit}`.padStart(7)}${value <= goal ? "" : "   missed"}`
