import { describe, expect, test } from "vitest"
import {
  computeIdealGap,
  computeOfflineKl,
  computeOnlineKl,
  computeReferenceWinRate,
} from "../../../../learning/analyse/statistics/rich-policy.ts"
import { byRank, divergence, winRate } from "../../support/tabular.ts"
import { nashPolicyByRank, offlineOptimum } from "../../support/tabular-optimum.ts"

describe("the gap between online and offline optima at equal KL", () => {
  test.each([
    [1, -0.046, 0.041],
    [2, -0.072, 0.067],
    [2.7, -0.075, 0.074],
    [4, -0.069, 0.055],
  ])("is, at %d nats, %d against the reference and %d against the Nash policy of β = 0.1", (kl, reference, golden) => {
    expect(Math.abs(computeIdealGap(kl, "reference") - reference)).toBeLessThan(6e-4)
    expect(Math.abs(computeIdealGap(kl, { nash: 0.1 }) - golden)).toBeLessThan(6e-4)
  })

  test("is that of large tables, where both optima and win rates are exact", () => {
    const size = 1000
    const uniform = Array.from({ length: size }, () => 1 / size)
    const golden = nashPolicyByRank(uniform, 0.1)
    // 1 nat: β of each from their closed forms.
    const [offline, online] = [offlineOptimum(uniform, 0.136064, uniform, byRank), nashPolicyByRank(uniform, 0.186166)]
    expect(divergence(offline, uniform)).toBeCloseTo(1, 2)
    expect(divergence(online, uniform)).toBeCloseTo(1, 2)
    for (const [opponent, against] of [
      [uniform, "reference"],
      [golden, { nash: 0.1 }],
    ] as const) {
      const gap = winRate(online, opponent, byRank) - winRate(offline, opponent, byRank)
      expect(Math.abs(computeIdealGap(1, against) - gap)).toBeLessThan(2e-3)
    }
  })

  test("is negative against the reference at every KL, and vanishes near the reference", () => {
    for (const kl of [0.1, 0.5, 1, 2, 4, 8]) expect(computeIdealGap(kl, "reference")).toBeLessThan(0)
    expect(Math.abs(computeIdealGap(1e-4, "reference"))).toBeLessThan(1e-3)
    expect(Math.abs(computeIdealGap(1e-4, { nash: 0.1 }))).toBeLessThan(1e-3)
  })

  test("is positive against every Nash policy at its own KL, and not against all of them elsewhere", () => {
    for (const beta of [0.05, 0.1, 0.2, 0.5]) expect(computeIdealGap(computeOnlineKl(beta), { nash: beta })).toBeGreaterThan(0)
    // A golden policy near the reference is little else than the reference.
    expect(computeIdealGap(2, { nash: 2 })).toBeLessThan(0)
  })
})

test("at equal β, online is further from the reference, and wins equally often against it", () => {
  for (const beta of [0.05, 0.1, 0.3, 1]) expect(computeOnlineKl(beta)).toBeGreaterThan(computeOfflineKl(beta))
  expect(computeOfflineKl(0.1)).toBeCloseTo(1.303, 3)
  expect(computeOnlineKl(0.1)).toBeCloseTo(2.697, 3)
  expect(computeReferenceWinRate(0.1)).toBeCloseTo(0.9, 3)
})
