/** `npm run bench -- <name> [options]`: runs one benchmark, which prints what it measured. */

interface Benchmark {
  readonly run: (options: ReadonlyArray<string>) => Promise<void>
}

const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  engine: () => import("./engine/compare.ts"),
  policy: () => import("./policy/compare.ts"),
  data: () => import("./data/preferences.ts"),
  label: () => import("./data/label.ts"),
  online: () => import("./online/compare.ts"),
  runtime: () => import("./runtime/measure.ts"),
  trl: () => import("./trl/compare.ts"),
}

const [name = "", ...options] = process.argv.slice(2)
const load = benchmarks[name]
if (load === undefined) {
  console.error(`bench: benchmark "${name}" was not found: choose one of ${Object.keys(benchmarks).join(", ")}`)
  process.exit(2)
}
await (await load()).run(options)
