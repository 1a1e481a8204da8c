/** Frontiers of a run, each mark with the evaluations behind it. */

import { Effect } from "effect"
import { type Manifest, Queries, Results } from "../../runtime/index.ts"
import type { Frontier, Mark } from "../api.ts"
import { inputsOf, type RunView } from "../runs/view.ts"
import { type Arm, armsOf, evaluationsOf } from "./arms.ts"

const all = { rows: 100_000, cell: 1000, beyond: "cut" } as const

const columns = [
  "arm",
  "against",
  "beta",
  "world",
  "seed",
  "step",
  "kl",
  "kl_low",
  "kl_high",
  "win_rate",
  "win_low",
  "win_high",
  "reward",
  "efficiency",
] as const

/** The rows of a stored table's columns, each by name; a column that it lacks is null. */
const readColumns = Effect.fnUntraced(function* (manifest: Manifest, output: string, names: ReadonlyArray<string>) {
  const { open } = yield* Results
  const { query, describe } = yield* Queries
  const [file] = yield* open(manifest, output)
  if (file === undefined) return []
  const known = new Set((yield* describe(file)).columns.map(({ name }) => name))
  const select = names.map((name) => (known.has(name) ? name : `NULL AS ${name}`)).join(", ")
  const { rows } = yield* query({ artifact: [file.path] }, `SELECT ${select} FROM artifact`, all)
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])))
})

const marksOf = Effect.fnUntraced(function* (run: string, manifest: Manifest, arms: ReadonlyArray<Arm>) {
  const rows = yield* readColumns(manifest, "points", columns)
  return rows.map((cells, row): Mark => {
    const text = (name: (typeof columns)[number]) => cells[name] as string
    const number = (name: (typeof columns)[number]) => cells[name] as number
    const mark = {
      row,
      arm: text("arm"),
      against: text("against"),
      beta: cells.beta as number | null,
      world: cells.world as string | null,
      seed: cells.seed as number | null,
      step: number("step"),
      kl: number("kl"),
      klLow: number("kl_low"),
      klHigh: number("kl_high"),
      winRate: number("win_rate"),
      winLow: number("win_low"),
      winHigh: number("win_high"),
      reward: cells.reward as number | null,
      efficiency: cells.efficiency as number | null,
    }
    return { ...mark, evaluations: evaluationsOf(arms, mark).map((evaluation) => ({ ...evaluation, run })) }
  })
})

/** The oracles that were wired to a frontier. */
const oracleOf = Effect.fnUntraced(function* (view: RunView, manifest: Manifest) {
  const makers = inputsOf(view, manifest).flatMap(({ port, from }) => (port === "oracle" && "id" in from ? [from] : []))
  const points: Array<Frontier["oracle"][number]> = []
  for (const { id, output } of makers) {
    const maker = view.manifests.get(id)
    const rows = maker === undefined ? [] : yield* readColumns(maker, output, ["against", "kl", "win_rate"])
    points.push(...rows.map(({ against, kl, win_rate }) => ({ against: against as string, kl: kl as number, winRate: win_rate as number })))
  }
  return points
})

/** The frontiers of a run, in its order. */
export const frontiersOf = Effect.fnUntraced(function* (view: RunView) {
  const found: Array<Frontier> = []
  for (const { id, stage } of view.record.stages) {
    const manifest = view.manifests.get(id)
    if (manifest === undefined || stage !== "frontier") continue
    const parameters = manifest.vector.find(({ component }) => component === "parameters")?.value as { readonly title?: string } | undefined
    found.push({
      id,
      title: parameters?.title ?? id,
      table: { key: manifest.key, output: "points" },
      marks: yield* marksOf(view.record.run, manifest, armsOf(view, id)),
      oracle: yield* oracleOf(view, manifest),
    })
  }
  return found
})
