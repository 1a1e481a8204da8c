import type { Evidence, MeasuredRun } from "../../../learning/analyse/measured-run.ts"
import { armsOf } from "../../../learning/analyse/runs.ts"

/**
 * A checkpoint of a run that a test writes down: at a KL, with outcomes that average to a win rate.
 */
export interface GivenCheckpoint {
  readonly kl: number
  readonly rate: number
  readonly accuracy?: number
  readonly chosen?: number
}

const prompts = 20
const places = Int32Array.from({ length: prompts }, (_, prompt) => prompt)
/** Values with this mean: half of the prompts are above it, and half below. */
const around = (mean: number, spread: number) => ({
  places,
  values: Float64Array.from(places, (prompt) => mean + (prompt % 2 === 0 ? spread : -spread)),
})

/**
 * A run against "sft" and, shifted down by 0.2, "golden", with pairs "golden" where accuracies are
 * given.
 */
export const measuredRun = (
  arm: string,
  checkpoints: ReadonlyArray<GivenCheckpoint>,
  {
    seed = 1,
    world = null,
    axes = {},
    spread = 0.1,
  }: Partial<Pick<MeasuredRun, "seed" | "world" | "axes">> & { readonly spread?: number } = {},
): MeasuredRun => {
  const against = (shift: number) =>
    checkpoints.map(({ kl, rate }, index) => ({ step: index + 1, kl: around(kl, 0), outcome: around(rate + shift, spread) }))
  const classified = checkpoints.map(({ accuracy = 0.5, chosen = 0 }, index) => ({
    step: index + 1,
    accuracy: around(accuracy, 0),
    chosenChange: around(chosen, 0),
    rejectedChange: around(2 * chosen, 0),
  }))
  return {
    path: [arm],
    axes,
    world,
    seed,
    against: new Map([
      ["sft", against(0)],
      ["golden", against(-0.2)],
    ]),
    sources: checkpoints.some(({ accuracy }) => accuracy !== undefined) ? new Map([["golden", classified]]) : new Map(),
  }
}

export const evidenceOf = (runs: ReadonlyArray<MeasuredRun>): Evidence => ({ arms: armsOf(runs), units: prompts })
