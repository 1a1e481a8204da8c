import { describe, expect, test } from "vitest"
import type { CompleteEstimand } from "../../../learning/analyse/claim.ts"
import { observe } from "../../../learning/analyse/estimand.ts"
import { evidenceOf, type GivenCheckpoint, measuredRun } from "../support/measured-run.ts"

/** Checkpoints on a curve of the form that is fitted. */
const along = (curve: (kl: number) => number, kls: ReadonlyArray<number> = [0.5, 1.5, 2.5, 4.2]): ReadonlyArray<GivenCheckpoint> =>
  kls.map((kl) => ({ kl, rate: curve(kl), accuracy: 0.5 + 0.1 * Math.sqrt(kl), chosen: -kl }))
const slow = (kl: number) => 0.5 + 0.1 * Math.sqrt(kl)
const fast = (kl: number) => 0.5 + 0.1 * Math.sqrt(kl) + 0.02 * kl
const turning = (kl: number) => 0.5 + 0.3 * Math.sqrt(kl) - 0.1 * kl

const runs = [1, 2].flatMap((seed) => [
  measuredRun("online", along(fast), { seed }),
  measuredRun("offline", along(slow), { seed }),
  measuredRun("over", along(turning), { seed, spread: 0 }),
  measuredRun(
    "over more",
    along((kl) => turning(kl) - 0.01 * kl),
    { seed, spread: 0 },
  ),
  measuredRun("short", along(slow, [0.5, 1, 1.4, 1.8]), { seed }),
])
const evidence = evidenceOf(runs)
const arm = (name: string) => ({ arm: name, at: {} })
const pair = { first: arm("online"), second: arm("offline"), against: "sft" }

const measure = (estimand: CompleteEstimand): number => {
  const observed = observe(estimand, { evidence, reference: "sft" })
  if ("reason" in observed) throw new Error(observed.reason)
  const [value, ...others] = observed.observations.map((each) => each.value)
  for (const other of others) expect(other).toBeCloseTo(value as number, 12)
  return value as number
}
const reasonOf = (estimand: CompleteEstimand): string => {
  const observed = observe(estimand, { evidence, reference: "sft" })
  return "reason" in observed ? observed.reason : "it was measured"
}

describe("a win rate at a KL", () => {
  test("lies on the curve of each run, against the reference and others", () => {
    expect(measure({ quantity: "win rate", ...arm("online"), against: "sft", kl: 3 })).toBeCloseTo(fast(3), 6)
    // Three coefficients from four checkpoints, without a point at a KL of 0.
    expect(measure({ quantity: "win rate", ...arm("online"), against: "golden", kl: 3 })).toBeCloseTo(fast(3) - 0.2, 6)
  })

  test("is compared, weighted and differentiated arm by arm", () => {
    expect(measure({ quantity: "gap", ...pair, kl: 2 })).toBeCloseTo(0.04, 6)
    expect(measure({ quantity: "gap", ...pair, first: pair.second, second: pair.first, kl: 2 })).toBeCloseTo(-0.04, 6)
    expect(measure({ quantity: "slope of the gap", ...pair, kl: [1, 2, 3, 4] })).toBeCloseTo(0.02, 6)
    const terms = [
      { weight: 0.5, ...arm("online") },
      { weight: -1, ...arm("offline") },
    ] as const
    expect(measure({ quantity: "contrast", terms, against: "sft", kl: 1 })).toBeCloseTo(0.5 * fast(1) - slow(1), 6)
    expect(measure({ quantity: "slope at the end", ...arm("offline"), against: "sft" })).toBeCloseTo(0.05 / Math.sqrt(4.2), 5)
  })

  test("is not measurable where a run does not get there, and the reason says how far it gets", () => {
    const short = { ...pair, second: arm("short") }
    expect(reasonOf({ quantity: "gap", ...short, kl: 2 })).toBe("all runs of short end before 2 nats, at 1.80")
    expect(measure({ quantity: "gap", ...short, kl: 1.85 })).toBeCloseTo(0.037, 6)
    expect(reasonOf({ quantity: "slope of the gap", ...short, kl: [1, 2, 3] })).toBe("all runs of short end before 2 nats, at 1.80")
    expect(reasonOf({ quantity: "win rate", ...arm("online"), against: "golden", kl: 0.2 })).toBe(
      "all runs of online begin beyond 0.2 nats, at 0.50",
    )
  })
})

describe("a peak", () => {
  test("is the top of a curve that has turned, wherever its checkpoints lie", () => {
    // The top of 0.3√k − 0.1k is at k = 2.25, between two checkpoints.
    expect(measure({ quantity: "peak", ...arm("over"), against: "sft" })).toBeCloseTo(turning(2.25), 4)
    const worse = 0.5 + 0.3 ** 2 / 4 / 0.11
    expect(measure({ quantity: "difference of peaks", first: arm("over"), second: arm("over more"), against: "sft" })).toBeCloseTo(
      turning(2.25) - worse,
      4,
    )
  })

  test("is none where the curve still rises at its end: that would be the end of the budget", () => {
    expect(reasonOf({ quantity: "peak", ...arm("online"), against: "sft" })).toBe("the curve of online has not turned")
    expect(reasonOf({ quantity: "difference of peaks", first: arm("over"), second: arm("online"), against: "sft" })).toBe(
      "the curve of online has not turned",
    )
  })
})

describe("what was classified", () => {
  test("is read at a KL, and compared there", () => {
    expect(measure({ quantity: "accuracy", ...arm("online"), source: "golden", kl: 2 })).toBeCloseTo(0.5 + 0.1 * Math.SQRT2, 5)
    expect(measure({ quantity: "chosen change", ...arm("online"), source: "golden", kl: 2 })).toBeCloseTo(-2, 5)
    expect(measure({ quantity: "rejected change", ...arm("online"), source: "golden", kl: 2 })).toBeCloseTo(-4, 5)
    expect(
      measure({ quantity: "difference of chosen change", first: arm("online"), second: arm("offline"), source: "golden", kl: 2 }),
    ).toBeCloseTo(0, 6)
  })

  test("is compared where both arms win as often", () => {
    // Offline has 0.6 at 1 nat. Online has it where 0.1√k + 0.02k = 0.1, at √k = 0.8541.
    const at = (0.1 ** 2 + 4 * 0.02 * 0.1) ** 0.5
    const root = (-0.1 + at) / 0.04
    const difference = { quantity: "difference of accuracy", source: "golden", against: "sft" } as const
    expect(measure({ ...difference, first: arm("offline"), second: arm("online"), winRate: 0.6 })).toBeCloseTo(0.1 - 0.1 * root, 2)
    expect(reasonOf({ ...difference, first: arm("offline"), second: arm("online"), winRate: 0.95 })).toBe(
      "some runs of offline do not get to a win rate of 0.95; some runs of online do not get to a win rate of 0.95",
    )
  })

  test("predicts the win rate by the slope within each run, whatever tells arms apart", () => {
    // Between the two arms a higher accuracy goes with a lower win rate, along each with a higher.
    const of = (name: string, accuracy: number, rate: number) =>
      measuredRun(
        name,
        [0, 1, 2].map((step) => ({ kl: step + 1, accuracy: accuracy + 0.01 * step, rate: rate + 0.02 * step })),
      )
    const observed = observe(
      { quantity: "win rate by accuracy", source: "golden", against: "sft" },
      { evidence: evidenceOf([of("a", 0.6, 0.8), of("b", 0.8, 0.5)]), reference: "sft" },
    )
    expect("observations" in observed && observed.observations[0]?.value).toBeCloseTo(2, 8)
  })

  test("predicts it over all arms, also where they have not the same worlds and seeds", () => {
    const of = (name: string, rise: number, place: { readonly world: number; readonly seed: number }) =>
      measuredRun(
        name,
        [0, 1, 2].map((step) => ({ kl: step + 1, accuracy: 0.6 + 0.01 * step, rate: 0.5 + rise * step })),
        place,
      )
    const runs = [of("a", 0.02, { world: 1, seed: 1 }), of("a", 0.02, { world: 2, seed: 1 }), of("b", 0.04, { world: 1, seed: 1 })]
    const observed = observe(
      { quantity: "win rate by accuracy", source: "golden", against: "sft" },
      { evidence: evidenceOf(runs), reference: "sft" },
    )
    const values =
      "observations" in observed ? observed.observations.map(({ world, value }) => [world, Math.round(1000 * value) / 1000]) : []
    expect(values).toEqual([
      [1, 3],
      [2, 2],
    ])
  })
})

describe("an estimand is refused", () => {
  const attempt =
    (estimand: CompleteEstimand, given = evidence) =>
    () =>
      observe(estimand, { evidence: given, reference: "sft" })

  test("where its arm, opponent or source is not there", () => {
    expect(attempt({ quantity: "gap", ...pair, first: arm("onlin"), kl: 1 })).toThrow(expect.objectContaining({ tag: "NoSuchArm" }))
    expect(attempt({ quantity: "gap", ...pair, against: "human", kl: 1 })).toThrow(expect.objectContaining({ tag: "NoSuchOpponent" }))
    for (const estimand of [
      { quantity: "accuracy", ...arm("online"), source: "streams", kl: 1 },
      { quantity: "win rate by accuracy", source: "streams", against: "sft" },
    ] as const)
      expect(attempt(estimand)).toThrow(expect.objectContaining({ tag: "NoSuchSource" }))
  })

  test("where worlds or seeds cannot be paired", () => {
    const apart = evidenceOf([
      measuredRun("online", along(fast), { seed: 1, world: 1 }),
      measuredRun("offline", along(slow), { seed: 1, world: 2 }),
    ])
    expect(attempt({ quantity: "gap", ...pair, kl: 1 }, apart)).toThrow(
      "online has world 1 seed 1 and offline has world 2 seed 1. Give both the same.",
    )
  })
})

test("a prompt moves an estimate as drawing it again would", () => {
  const estimand = { quantity: "gap", ...pair, kl: 2 } as const
  const observed = observe(estimand, { evidence, reference: "sft" })
  const influence = "observations" in observed ? (observed.observations[0]?.influence as Float64Array) : new Float64Array()
  // All outcomes of prompt 0 of online's first run, raised.
  const raised = runs.map((run) =>
    run.path[0] !== "online" || run.seed !== 1
      ? run
      : {
          ...run,
          against: new Map(
            [...run.against].map(([name, checkpoints]) => [
              name,
              checkpoints.map((checkpoint) => ({
                ...checkpoint,
                outcome: {
                  ...checkpoint.outcome,
                  values: checkpoint.outcome.values.map((value, prompt) => (prompt === 0 ? value + 0.2 : value)),
                },
              })),
            ]),
          ),
        },
  )
  const after = observe(estimand, { evidence: evidenceOf(raised), reference: "sft" })
  const change = ("observations" in after ? (after.observations[0]?.value as number) : 0) - 0.04
  const moved = "observations" in after ? (after.observations[0]?.influence[0] as number) - (influence[0] as number) : 0
  // The influence is about the mean, which itself has moved by a twentieth.
  expect(moved / change).toBeCloseTo(0.95, 2)
  expect(influence.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12)
})
