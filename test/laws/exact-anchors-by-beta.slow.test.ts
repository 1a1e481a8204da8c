/**
 * IPO at the β of the study, on tables of 60 responses: training ends at the optimum of the table.
 * No policy on N equally likely responses is further than ln N from their reference, so that at β =
 * 0.025 the closed form of infinitely many responses (16 nats online) is out of reach; what is
 * compared is exact for N = 60.
 */

import { describe, expect, test } from "vitest"
import { normals } from "../../engine/random/philox.ts"
import { ipo } from "../../learning/objective/losses.ts"
import { load } from "../learning/support/loss.ts"
import { byRank, divergence, softmax, winRate } from "../learning/support/tabular.ts"
import { distance, nashPolicy, nashPolicyByRank, offlineOptimum } from "../learning/support/tabular-optimum.ts"
import { trainOffline, trainOnline } from "../learning/support/tabular-training.ts"

const size = 60
const references = {
  "equally likely at first": Array.from({ length: size }, () => 1 / size),
  "of unequal likelihood at first": softmax([...normals(2, "reference of the table", 0, new Float32Array(size))]),
}

/** Of win rate; of KL, in nats; of total variation. */
const tolerance = { win: 0.001, kl: 0.01, distance: 0.001 }

const expectSame = (learned: ReadonlyArray<number>, optimum: ReadonlyArray<number>, reference: ReadonlyArray<number>) => {
  expect(Math.abs(winRate(learned, reference, byRank) - winRate(optimum, reference, byRank))).toBeLessThan(tolerance.win)
  expect(Math.abs(divergence(learned, reference) - divergence(optimum, reference))).toBeLessThan(tolerance.kl)
  expect(distance(learned, optimum)).toBeLessThan(tolerance.distance)
}

describe.each(Object.entries(references))("of 60 responses in a strict order, %s", (_, reference) => {
  test.each([0.5, 0.2, 0.025])("offline IPO ends where its loss is least, β = %d", async (beta) => {
    const learned = await trainOffline(reference, await load(ipo({ beta })), reference, byRank, { steps: 2000 })
    expectSame(learned, offlineOptimum(reference, beta, reference, byRank), reference)
  })

  test.each([0.5, 0.2, 0.025])("online IPO ends at the regularised Nash policy, β = %d", async (beta) => {
    const learned = await trainOnline(reference, await load(ipo({ beta })), byRank, { steps: 2000 })
    expectSame(learned, nashPolicyByRank(reference, beta), reference)
  })
})

test("at β = 0.025 the table, not β, decides how far online IPO goes: almost all mass is on the best response", () => {
  for (const reference of Object.values(references)) {
    const best = reference.at(-1) as number
    const online = nashPolicyByRank(reference, 0.025)
    expect(-Math.log(best) - divergence(online, reference)).toBeLessThan(0.01)
    expect(1 - best / 2 - winRate(online, reference, byRank)).toBeLessThan(0.001)
    // What infinitely many responses would allow.
    expect(1 / (2 * 0.025) + Math.log(0.025)).toBeGreaterThan(3 * -Math.log(best))
    // Offline is far from that bound, and so keeps to β.
    const offline = offlineOptimum(reference, 0.025, reference, byRank)
    expect(divergence(offline, reference)).toBeLessThan(-Math.log(best) - 1)
  }
})

test("the Nash policy of a strict order, found from the best response down, is what the iteration finds", () => {
  for (const reference of Object.values(references)) {
    for (const beta of [0.5, 0.2]) {
      expect(distance(nashPolicyByRank(reference, beta), nashPolicy(reference, beta, byRank))).toBeLessThan(1e-9)
    }
    // Where the iteration does not converge: the policy is its own offline optimum.
    const policy = nashPolicyByRank(reference, 0.025)
    expect(distance(policy, offlineOptimum(reference, 0.025, policy, byRank))).toBeLessThan(1e-9)
  }
})
