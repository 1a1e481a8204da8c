/** `npm run bench -- <name> [--json] [arguments]`: runs one benchmark, and prints what it measured. */

import { type Measurements, printed } from "./measurement.ts"

/** Each measures something of ours side by side with what others offer, in one run. */
const benchmarks: Readonly<Record<string, () => Promise<{ readonly measure: (options: ReadonlyArray<string>) => Promise<Measurements> }>>> =
  {
    data: () => import("./data/preferences.ts"),
    label: () => import("./data/label.ts"),
  }

const [name = "", ...options] = process.argv.slice(2)
const load = benchmarks[name]
if (load === undefined) {
  console.error(`bench: there is no "${name}"; there is ${Object.keys(benchmarks).join(", ")}`)
  process.exit(2)
}
const measurements = await (await load()).measure(options.filter((option) => option !== "--json"))
console.log(options.includes("--json") ? JSON.stringify(measurements, null, 2) : printed(measurements))
