/** What becomes of claims: the rule of each, and the procedure for all of them together. */

import { match } from "ts-pattern"
import type { Estimate, NotMeasurable } from "./estimate.ts"
import { type Adjusted, benjaminiHochberg, holm } from "./statistics/multiplicity.ts"
import { studentProbability, studentQuantile } from "./statistics/student.ts"

/** What is said of a claim. */
export type VerdictWord = "supported" | "negligible" | "opposite" | "inconclusive" | "not measurable"

/** A rule, in the unit of the quantity. */
export interface Rule {
  readonly direction: "above" | "below" | "within"
  readonly threshold: number
  /** A difference beyond the threshold that is smaller is negligible; 0 knows none. */
  readonly margin: number
}

/** A claim's estimates, with the rule of each: it is supported where all are. */
export interface ClaimEvidence {
  readonly family: "primary" | "exploratory" | "check"
  readonly parts: ReadonlyArray<{ readonly rule: Rule; readonly estimate: Estimate | NotMeasurable }>
}

/** What a claim came to. */
export interface Decision {
  readonly verdict: VerdictWord
  /**
   * Which of the claim's parts the verdict rests on, counted from 0: the one that is hardest to
   * support.
   */
  readonly part: number
  /**
   * Two-sided p-value against the claim's null hypothesis, and the same adjusted for its family.
   */
  readonly p: number | null
  readonly adjusted: number | null
  /** The smallest true difference from the threshold that would have been found with power 0.8. */
  readonly detectable: number | null
}

/** Of a family: the chance of one false verdict or more (primary), or their share (exploratory). */
const familyLevel = 0.05
/** Of minimum detectable effects. */
const power = 0.8

/**
 * Decides claims. Each is tested in three ways, all by one interval: that it holds; that it is
 * opposite; that its difference is negligible. Support is adjusted over the claims of a family, and
 * so, apart from it, is refutation, each at half the family's level on one side: of six primary
 * claims, the chance of any false support is at most 2.5 %, and of any false refutation too. Of a
 * claim with several parts, support has the largest p-value of the parts (all must hold), and
 * refutation the smallest, times their number. Claims that are not measurable count in their
 * family.
 */
export const decide = (claims: ReadonlyArray<ClaimEvidence>): ReadonlyArray<Decision> => {
  const tests = claims.map(testClaim)
  const decisions: Array<Decision> = []
  for (const family of ["primary", "exploratory", "check"] as const) {
    const members = claims.flatMap((claim, index) => (claim.family === family ? index : []))
    const adjust = (values: ReadonlyArray<number>): ReadonlyArray<Adjusted> =>
      match(family)
        .with("primary", () => holm(values, familyLevel))
        .with("exploratory", () => benjaminiHochberg(values, familyLevel))
        .with("check", () => values.map((adjusted) => ({ adjusted, level: familyLevel })))
        .exhaustive()
    const support = adjust(members.map((index) => (tests[index] as Test).support))
    const refutation = adjust(members.map((index) => (tests[index] as Test).refutation))
    for (const [place, index] of members.entries())
      decisions[index] = conclude(
        claims[index] as ClaimEvidence,
        tests[index] as Test,
        support[place] as Adjusted,
        refutation[place] as Adjusted,
      )
  }
  return decisions
}

/** Two-sided p-values of a claim. */
interface Test {
  readonly part: number
  readonly support: number
  /** Of the weaker of the two refutations that its rule has. */
  readonly refutation: number
  readonly opposite: number
  readonly isMeasurable: boolean
}

const testClaim = ({ parts }: ClaimEvidence): Test => {
  const tested = parts.map(({ rule, estimate }) => ("reason" in estimate ? undefined : testPart(rule, estimate)))
  const missing = tested.indexOf(undefined)
  if (missing >= 0) return { part: missing, support: 1, refutation: 1, opposite: 1, isMeasurable: false }
  const measured = tested as ReadonlyArray<ReturnType<typeof testPart>>
  const hardest = measured.reduce((worst, { support }, index) => (support > (measured[worst]?.support as number) ? index : worst), 0)
  const anyOf = (values: ReadonlyArray<number>) => Math.min(1, Math.min(...values) * values.length)
  return {
    part: hardest,
    support: measured[hardest]?.support as number,
    refutation: anyOf(measured.map(({ refutation }) => refutation)),
    opposite: anyOf(measured.map(({ opposite }) => opposite)),
    isMeasurable: true,
  }
}

const testPart = ({ direction, threshold, margin }: Rule, estimate: Estimate) => {
  const above = (value: number) => twoSided(estimate, value, "above")
  const below = (value: number) => twoSided(estimate, value, "below")
  const refute = (opposite: number, negligible: number) => ({ opposite, refutation: margin > 0 ? negligible : opposite })
  return match(direction)
    .with("above", () => ({ support: above(threshold), ...refute(below(threshold), below(threshold + margin)) }))
    .with("below", () => ({ support: below(threshold), ...refute(above(threshold), above(threshold - margin)) }))
    .with("within", () => {
      const outside = Math.min(above(threshold), below(-threshold))
      return { support: Math.max(above(-threshold), below(threshold)), opposite: outside, refutation: outside }
    })
    .exhaustive()
}

/** Twice the chance of an estimate this far on one side of a value, if that were the true one. */
const twoSided = ({ effect, se, degrees }: Estimate, value: number, side: "above" | "below"): number => {
  const distance = side === "above" ? effect - value : value - effect
  if (se === 0) return distance > 0 ? 0 : 1
  return Math.min(1, 2 * (1 - studentProbability(distance / se, degrees)))
}

const conclude = ({ parts }: ClaimEvidence, test: Test, support: Adjusted, refutation: Adjusted): Decision => {
  const { part } = test
  const { estimate } = parts[part] as ClaimEvidence["parts"][number]
  if (!test.isMeasurable || "reason" in estimate) return { verdict: "not measurable", part, p: null, adjusted: null, detectable: null }
  const isRefuted = refutation.adjusted <= familyLevel
  const verdict =
    support.adjusted <= familyLevel
      ? "supported"
      : isRefuted && test.opposite <= refutation.level
        ? "opposite"
        : isRefuted
          ? "negligible"
          : "inconclusive"
  return { verdict, part, p: test.support, adjusted: support.adjusted, detectable: detectableBy(estimate, support.level) }
}

/** The smallest difference that a two-sided test at this level finds with power 0.8. */
export const detectableBy = ({ se, degrees }: Estimate, level: number): number =>
  se === 0 ? 0 : (studentQuantile(1 - level / 2, degrees) + studentQuantile(power, degrees)) * se
