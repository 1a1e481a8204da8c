import { normals } from "../../../engine/random/philox.ts"
import type { Evidence, MeasuredRun } from "../../../learning/analyse/measured-run.ts"
import { armsOf } from "../../../learning/analyse/runs.ts"

/** Standard deviations of win rates: what makes simulated runs differ. */
export interface Spread {
  /** Of an arm's curve from world to world, and from seed to seed. */
  readonly world: number
  readonly seed: number
  /** Of the outcome of one response: of the prompt in all runs, and of the response itself. */
  readonly prompt: number
  readonly response: number
}

/** A study of known truth. */
export interface Simulated {
  /** Names the random numbers: another study of equal truth has another number. */
  readonly study: number
  readonly worlds: number
  readonly seeds: number
  readonly prompts: number
  readonly spread: Spread
  /** KLs of the checkpoints, in nats; each run's are some percent off. */
  readonly kls: ReadonlyArray<number>
  /** By how much each arm lies above the common curve at a KL. */
  readonly arms: Readonly<Record<string, (kl: number) => number>>
}

/**
 * The win rate against the reference at a KL of a policy ∝ e^(u/β) over quantiles u, shrunk to 0.7
 * of its lead over ½ as ties would; roughly.
 */
export const commonCurve = (kl: number): number => 0.5 + 0.7 * 0.5 * (1 - Math.exp(-0.82 * Math.sqrt(kl) - 0.22 * kl))

/** Simulates the runs of a study: arms of all worlds and seeds, evaluated against "sft". */
export const simulateStudy = ({ study, worlds, seeds, prompts, spread, kls, arms }: Simulated): Evidence => {
  const places = Int32Array.from({ length: prompts }, (_, prompt) => prompt)
  const ofPrompts = normals(study, "prompts", 0, new Float32Array(prompts))
  const runs = Object.entries(arms).flatMap(([name, lead], arm) => {
    const ofWorlds = normals(study, "worlds", arm, new Float32Array(worlds))
    const ofSeeds = normals(study, "seeds", arm, new Float32Array(worlds * seeds))
    return Array.from({ length: worlds * seeds }, (_, index): MeasuredRun => {
      const world = Math.floor(index / seeds)
      const offset = spread.world * (ofWorlds[world] as number) + spread.seed * (ofSeeds[index] as number)
      const run = arm * worlds * seeds + index
      const offKl = normals(study, "KL", run, new Float32Array(kls.length))
      const checkpoints = kls.map((around, checkpoint) => {
        const kl = around * (1 + 0.05 * (offKl[checkpoint] as number))
        const noise = normals(study, "responses", run * kls.length + checkpoint, new Float32Array(2 * prompts))
        // A run starts at the reference, so what sets it apart grows with KL.
        const rate = commonCurve(kl) + lead(kl) + offset * Math.min(1, Math.sqrt(kl))
        const outcome = Float64Array.from(
          places,
          (prompt) => rate + spread.prompt * (ofPrompts[prompt] as number) + spread.response * (noise[prompt] as number),
        )
        const ofKl = Float64Array.from(places, (prompt) => kl * (1 + 0.5 * (noise[prompts + prompt] as number)))
        return { step: checkpoint + 1, kl: { places, values: ofKl }, outcome: { places, values: outcome } }
      })
      const axes = {}
      return {
        path: [name],
        axes,
        world: worlds === 1 ? null : world,
        seed: index % seeds,
        against: new Map([["sft", checkpoints]]),
        sources: new Map(),
      }
    })
  })
  return { arms: armsOf(runs), units: prompts }
}
