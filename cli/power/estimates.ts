import { Effect } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import type { Pilot } from "../../learning/analyse/power/index.ts"
import { columnsOfTable, type Manifest, Results, type RunRecord, readTable } from "../../runtime/index.ts"

/** The artifact that holds estimates with their components of variance. */
const artifact = "estimates"

/** Characters of a cell; claims are shorter. */
const charactersPerCell = 4096

/** An estimate of a claim that a run has stored. */
export interface StoredEstimate {
  /** The id of the stage that estimated it. */
  readonly stage: string
  readonly claim: string
  readonly part: number
  /** What is estimated: the quantity, at which KL, against whom. */
  readonly measure: string
  readonly effect: number | null
  /** Half of the 95 % interval. */
  readonly halfWidth: number | null
  readonly pilot: Pilot | null
  /** Why nothing can be planned from it; null if something can. */
  readonly reason: string | null
}

/** A run with tables of estimates, and the results of its stages. */
export interface EstimatedRun {
  readonly record: RunRecord
  readonly manifests: ReadonlyMap<string, Manifest>
  readonly estimates: ReadonlyArray<StoredEstimate>
}

/**
 * The estimates of a run, from all of its stages that have such a table, in the order of the run.
 */
export const readEstimates = Effect.fnUntraced(function* (record: RunRecord) {
  const results = yield* Results
  const manifests = yield* results.of(record)
  const estimates: Array<StoredEstimate> = []
  for (const [stage, manifest] of manifests)
    for (const [output, stored] of Object.entries(manifest.outputs)) {
      if (stored.artifact !== artifact || stored.kind !== "table") continue
      const [file] = yield* results.open(manifest, output)
      if (file === undefined) continue
      const columns = yield* columnsOfTable(file)
      const names = Object.keys(columns)
      for (const cells of yield* readTable(file, columns, charactersPerCell))
        estimates.push(estimateOf(stage, new Map(cells.map((cell, index) => [names[index] as string, cell]))))
    }
  return { record, manifests, estimates } satisfies EstimatedRun
})

/** A row of the table, by its columns: those of `data/schema/estimates.ts`. */
export const estimateOf = (stage: string, row: ReadonlyMap<string, Json>): StoredEstimate => {
  const number = (column: string): number | null => {
    const cell = row.get(column)
    return typeof cell === "number" ? cell : null
  }
  const text = (column: string): string | null => {
    const cell = row.get(column)
    return typeof cell === "string" && cell !== "" ? cell : null
  }
  const [low, high, kl] = [number("low"), number("high"), number("kl")]
  const against = text("against")
  const pilot = pilotOf(number)
  return {
    stage,
    claim: text("claim") ?? "",
    part: number("part") ?? 1,
    measure: `${text("measure") ?? ""}${kl === null ? "" : ` at KL ${kl}`}${against === null ? "" : `, against ${against}`}`,
    effect: number("effect"),
    halfWidth: low === null || high === null ? null : (high - low) / 2,
    pilot: typeof pilot === "string" ? null : pilot,
    reason: typeof pilot === "string" ? (text("reason") ?? pilot) : null,
  }
}

/** What can be planned from, or what is missing. */
const pilotOf = (number: (column: string) => number | null): Pilot | string => {
  const [se, degrees] = [number("se"), number("degrees")]
  if (se === null || degrees === null) return "it has no standard error"
  const [worlds, seeds, prompts] = [number("worlds") ?? 1, number("seeds") ?? 1, number("prompts") ?? 1]
  const [world, seed, sampling, prompt] = [number("sd_world"), number("sd_seed"), number("sd_sampling"), number("sd_prompt")]
  const missing = Object.entries({
    ...(worlds > 1 ? { sd_world: world } : {}),
    sd_seed: seed,
    sd_sampling: sampling,
    sd_prompt: prompt,
  }).flatMap(([name, value]) => (value === null ? [name] : []))
  if (seed === null || sampling === null || prompt === null || missing.length > 0)
    return `it has no ${missing.join(", ")}: too few worlds, seeds or prompts to tell`
  if (world === 0 && seed === 0 && sampling === 0 && prompt === 0) return "all of its components of variance are 0"
  return { se, degrees, components: { world: worlds > 1 ? world : null, seed, sampling, prompt }, design: { worlds, seeds, prompts } }
}
