import type { EstimateRow } from "../../../data/schema/index.ts"

/**
 * A row of the table of estimates, as a pilot of three worlds, two seeds and 256 prompts has it.
 */
export const estimateRow = (overrides: Partial<EstimateRow> = {}): EstimateRow => ({
  claim: "online is above offline at equal KL",
  part: 1,
  measure: "win rate at equal KL",
  against: "sft",
  kl: 2,
  direction: "above",
  threshold: 0,
  effect: 0.041,
  se: 0.0166,
  degrees: 6,
  low: 0.0004,
  high: 0.0816,
  detectable: 0.0557,
  worlds: 3,
  seeds: 2,
  prompts: 256,
  sd_world: 0.015,
  sd_seed: 0.012,
  sd_sampling: 0.23,
  sd_prompt: 0.17,
  reason: null,
  ...overrides,
})

/** What a pilot without enough to tell its variance by leaves. */
export const unknownRow: EstimateRow = estimateRow({
  claim: "shuffled pairs are below online",
  effect: null,
  se: null,
  degrees: null,
  low: null,
  high: null,
  detectable: null,
  worlds: 1,
  seeds: 1,
  sd_world: null,
  sd_seed: null,
  sd_sampling: null,
  sd_prompt: null,
  reason: "one run of each arm has no variance",
})
