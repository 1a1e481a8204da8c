import type { StoredEstimate } from "../../../cli/power/estimates.ts"
import { type Components, type Costs, degreesOf, varianceOf } from "../../../learning/analyse/power/index.ts"
import { studentQuantile } from "../../../learning/analyse/statistics/student.ts"

/** The pilot of the guide: three worlds with two seeds each, 256 prompts. */
export const pilotDesign = { worlds: 3, seeds: 2, prompts: 256 }

export const components = {
  online: { world: 0.008, seed: 0.012, sampling: 0.25, prompt: 0.12 },
  shuffled: { world: 0.03, seed: 0.012, sampling: 0.25, prompt: 0.12 },
} as const satisfies Readonly<Record<string, Components>>

/**
 * Core-seconds: an SFT and a proxy for each world, two arms and their evaluations for each seed.
 */
export const costs: Costs = { other: { study: 5, worlds: 900, seeds: 540 }, evaluation: { study: 0, worlds: 0, seeds: 120 } }

/** An estimate whose standard error is what its components say. */
const estimate = (claim: string, effect: number, components: Components): StoredEstimate => {
  const se = Math.sqrt(varianceOf(components, pilotDesign))
  const degrees = degreesOf(components, pilotDesign)
  return {
    stage: "verdicts",
    claim,
    part: 1,
    measure: "win rate at equal KL",
    effect,
    halfWidth: studentQuantile(0.975, degrees) * se,
    pilot: { se, degrees, components, design: pilotDesign },
    reason: null,
  }
}

export const estimates: ReadonlyArray<StoredEstimate> = [
  estimate("online is above offline at KL 2", 0.041, components.online),
  estimate("shuffled pairs are below online at KL 2", -0.028, components.shuffled),
]
