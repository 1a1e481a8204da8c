import { describe, expect, test } from "vitest"
import { type ClaimEvidence, decide, type Rule } from "../../../learning/analyse/decide.ts"
import type { Estimate } from "../../../learning/analyse/estimate.ts"

const estimate = (effect: number, se: number): Estimate => ({
  effect,
  se,
  degrees: 1e6,
  worlds: 4,
  seeds: 2,
  prompts: 1024,
  components: { world: 0, seed: 0, sampling: 0.2, prompt: 0.1 },
})
const above: Rule = { direction: "above", threshold: 0, margin: 0.03 }
const below: Rule = { ...above, direction: "below" }
const within: Rule = { direction: "within", threshold: 0.03, margin: 0 }
const claim = (rule: Rule, effect: number, se = 0.01, family: ClaimEvidence["family"] = "check"): ClaimEvidence => ({
  family,
  parts: [{ rule, estimate: estimate(effect, se) }],
})
const words = (claims: ReadonlyArray<ClaimEvidence>) => decide(claims).map(({ verdict }) => verdict)

describe("a verdict follows from the interval and the rule alone", () => {
  test("of a claim that something is above", () => {
    expect(words([0.02, 0.0195, 0.005, -0.005, -0.02].map((effect) => claim(above, effect)))).toEqual([
      "supported",
      "inconclusive",
      "negligible",
      "negligible",
      "opposite",
    ])
  })

  test("of a claim that something is below: its mirror image", () => {
    expect(words([-0.02, -0.0195, -0.005, 0.005, 0.02].map((effect) => claim(below, effect)))).toEqual([
      "supported",
      "inconclusive",
      "negligible",
      "negligible",
      "opposite",
    ])
  })

  test("of a claim that something is within", () => {
    expect(words([0, 0.01, 0.0105, 0.049, 0.05, -0.05].map((effect) => claim(within, effect)))).toEqual([
      "supported",
      "supported",
      "inconclusive",
      "inconclusive",
      "opposite",
      "opposite",
    ])
  })

  test("without a margin nothing is negligible", () => {
    expect(words([claim({ ...above, margin: 0 }, 0.005)])).toEqual(["inconclusive"])
  })

  test("of an estimate without error, by the estimate", () => {
    expect(words([claim(above, 0.001, 0), claim(above, 0, 0), claim({ ...within, threshold: 1e-9 }, 0, 0)])).toEqual([
      "supported",
      "negligible",
      "supported",
    ])
  })
})

describe("a claim of several parts", () => {
  const both = (first: number, second: number): ClaimEvidence => ({
    family: "check",
    parts: [
      { rule: above, estimate: estimate(first, 0.01) },
      { rule: within, estimate: estimate(second, 0.005) },
    ],
  })

  test("is supported where all are, and rests on the one that is hardest", () => {
    expect(decide([both(0.05, 0), both(0.05, 0.025), both(0.01, 0)]).map(({ verdict, part }) => [verdict, part])).toEqual([
      ["supported", 0],
      ["inconclusive", 1],
      ["inconclusive", 0],
    ])
  })

  test("is refuted where any is", () => {
    expect(words([both(-0.05, 0), both(0.05, 0.08)])).toEqual(["opposite", "opposite"])
  })

  test("is not measurable where any is not", () => {
    const half: ClaimEvidence = { family: "check", parts: [...both(0.05, 0).parts, { rule: above, estimate: { reason: "too short" } }] }
    expect(decide([half])).toEqual([{ verdict: "not measurable", part: 2, p: null, adjusted: null, detectable: null }])
  })
})

describe("claims of a family", () => {
  // Two-sided p = 0.02.
  const alone = (family: ClaimEvidence["family"]) => claim(above, 0.02326, 0.01, family)

  test("are held to a stricter level where they are primary, and not where they are checks", () => {
    const nothing = claim(above, 0.015, 0.01, "primary")
    expect(words([alone("primary")])).toEqual(["supported"])
    expect(words([alone("primary"), nothing, nothing])[0]).toBe("inconclusive")
    expect(words([alone("check"), ...[nothing, nothing].map((each) => ({ ...each, family: "check" as const }))])[0]).toBe("supported")
  })

  test("count also where they are not measurable", () => {
    const lost: ClaimEvidence = { family: "primary", parts: [{ rule: above, estimate: { reason: "too short" } }] }
    expect(words([alone("primary"), lost, lost])).toEqual(["inconclusive", "not measurable", "not measurable"])
  })

  test("do not count in another family", () => {
    expect(words([alone("primary"), ...Array.from({ length: 20 }, () => claim(above, 0.01, 0.01, "exploratory"))])[0]).toBe("supported")
  })

  test("that are exploratory allow a share of false ones: many strong ones carry a weaker one", () => {
    const strong = Array.from({ length: 9 }, () => claim(above, 0.1, 0.01, "exploratory"))
    const weak = Array.from({ length: 9 }, () => claim(above, 0.012, 0.01, "exploratory"))
    expect(words([alone("exploratory"), ...strong])[0]).toBe("supported")
    expect(words([alone("exploratory"), ...weak])[0]).toBe("inconclusive")
  })
})

test("what could have been found is 2.8 standard errors at 5 %, and more where the level is stricter", () => {
  const [one] = decide([claim(above, 0.015, 0.01, "primary")])
  expect(one?.detectable).toBeCloseTo((1.959964 + 0.841621) * 0.01, 5)
  const [of] = decide(Array.from({ length: 6 }, () => claim(above, 0.015, 0.01, "primary")))
  expect(of?.detectable).toBeCloseTo((2.638257 + 0.841621) * 0.01, 5)
})
