import {
  type Design,
  detectableEffect,
  findCheapestDesign,
  type Pilot,
  type Shares,
  type Step,
  seedsAlone,
} from "../../learning/analyse/power/index.ts"
import type { RecordedCosts } from "./costs.ts"
import type { StoredEstimate } from "./estimates.ts"

/** What an estimate can find as designed, and what the target would take. */
export interface PlannedEstimate extends StoredEstimate {
  /** The smallest effect that it finds with power 0.8; null without components. */
  readonly detectable: number | null
  /** The cheapest design that finds the target; null if there is none, or without components. */
  readonly cheapest: Step | null
  /**
   * What stands in the way where no number of seeds alone finds the target; null where one does.
   */
  readonly obstacle: keyof Shares | null
}

/** The cheapest design by which all estimates of a design find the target. */
export interface JointStep {
  readonly from: Design
  readonly estimates: number
  readonly cheapest: Step | null
}

export const planEstimates = (estimates: ReadonlyArray<StoredEstimate>, { costs }: Pick<RecordedCosts, "costs">, target: number) => {
  const planned = estimates.map((estimate): PlannedEstimate => {
    const { pilot } = estimate
    if (pilot === null) return { ...estimate, detectable: null, cheapest: null, obstacle: null }
    const seeds = seedsAlone(pilot, target)
    return {
      ...estimate,
      detectable: detectableEffect(pilot),
      cheapest: findCheapestDesign([pilot], costs, target) ?? null,
      obstacle: seeds.reaches ? null : seeds.largest,
    }
  })
  return { planned, joint: [...byDesign(estimates).values()].map((pilots) => jointStep(pilots, costs, target)) }
}

const jointStep = (pilots: ReadonlyArray<Pilot>, costs: RecordedCosts["costs"], target: number): JointStep => ({
  from: (pilots[0] as Pilot).design,
  estimates: pilots.length,
  cheapest: findCheapestDesign(pilots, costs, target) ?? null,
})

/** Estimates of other designs cannot be planned together. */
const byDesign = (estimates: ReadonlyArray<StoredEstimate>): ReadonlyMap<string, ReadonlyArray<Pilot>> => {
  const groups = new Map<string, Array<Pilot>>()
  for (const { pilot } of estimates) {
    if (pilot === null) continue
    const { worlds, seeds, prompts } = pilot.design
    const key = `${worlds} ${seeds} ${prompts}`
    groups.set(key, [...(groups.get(key) ?? []), pilot])
  }
  return groups
}
