import type { Mark } from "../../../../serve/api.ts"

/** A mark of an arm "a" without a β, against "sft". */
export const markOf = (given: Partial<Mark>): Mark => {
  const { kl = 1, winRate = 0.6 } = given
  return {
    row: 0,
    arm: "a",
    against: "sft",
    beta: null,
    world: null,
    seed: null,
    step: 10,
    kl,
    klLow: kl - 0.1,
    klHigh: kl + 0.1,
    winRate,
    winLow: winRate - 0.05,
    winHigh: winRate + 0.05,
    reward: null,
    efficiency: null,
    evaluations: [],
    ...given,
  }
}
