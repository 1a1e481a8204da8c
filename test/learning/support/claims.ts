import type { ClaimOf } from "../../../learning/analyse/read-claims.ts"

/** A primary claim that is supported, unless it is said otherwise. */
export const decidedClaim = (claim: string, other: Partial<ClaimOf> = {}): ClaimOf => ({
  claim,
  family: "primary",
  measure: "gap",
  against: "sft",
  kl: 3,
  effect: 0.05,
  low: 0.02,
  high: 0.08,
  detectable: 0.042,
  p: 0.001,
  p_adjusted: 0.006,
  rule: "above 0",
  margin: 0.03,
  worlds: 4,
  seeds: 2,
  verdict: "supported",
  reason: null,
  ...other,
})

export const inconclusive = { effect: 0.02, low: -0.01, high: 0.05, p_adjusted: 0.3, verdict: "inconclusive" } as const
export const notMeasurable = {
  effect: null,
  low: null,
  high: null,
  detectable: null,
  p: null,
  p_adjusted: null,
  worlds: 0,
  seeds: 0,
  verdict: "not measurable",
  reason: "offline does not get to 3 nats",
} as const
