/**
 * How claims of the paper become rules. Arms are compared at equal KL, on one grid everywhere; a
 * difference of less than δ = 0.03 in win rate counts as none, everywhere.
 *
 * - A difference that the paper *says is there* must be above 0. It is opposite where it is below
 *   0,
 *   and negligible where it is surely smaller than δ: the gaps that the paper reports are 0.05 to
 *   0.2.
 * - A difference that it says is *not* there must be within ±δ.
 * - "No better than chance" and "hardly above SFT" are below 0.53, and "clearly above SFT" is above
 *   0.6: twice the gap that the paper reports at least.
 * - "Does not predict" is a slope within ±0.3 along a run: a tenth more accuracy then moves the win
 *   rate by less than δ.
 *
 * What no reader of the paper would call a claim (identities, signs that a run went well) is a
 * check.
 */

import type { Claim } from "assay/stages"

interface Choice {
  readonly arm: string
  readonly at?: Readonly<Record<string, string | number | boolean>>
}
type Opponent = "sft" | "golden"

/** δ: a difference of win rates or accuracies that is smaller counts as none. */
export const margin = 0.03
/** KLs to SFT at which arms are compared, in nats. */
export const kls = [1, 2, 3, 4] as const
/**
 * Those that nearly all arms get to: slopes are over these, and one number stands for a figure at
 * the second.
 */
export const commonKls = [1, 2, 3] as const
const [, middle] = commonKls

const opponentNames = { sft: "SFT", golden: "the golden policy" }
/**
 * An arm's name, with what tells arms of one name apart inside a figure: the size of the policy,
 * which judge, the learning rate.
 */
const nameOf = ({ arm, at = {} }: Choice) => {
  const axes = ["size", "judge", "learningRate"].flatMap((axis) =>
    axis in at ? [axis === "learningRate" ? `rate ${at[axis]}` : at[axis]] : [],
  )
  return axes.length === 0 ? arm : `${arm} (${axes.join(", ")})`
}

/** The first arm is above the second at each KL of the grid, against each opponent. */
export const above = (first: Choice, second: Choice): ReadonlyArray<Claim> =>
  against((opponent) =>
    kls.map((kl) => ({
      claim: `${nameOf(first)} is above ${nameOf(second)} at ${kl} nats, against ${opponentNames[opponent]}`,
      estimand: { quantity: "gap", first, second, against: opponent, kl },
      direction: "above",
      threshold: 0,
    })),
  )

/** The lead of the first arm over the second grows with KL. */
export const leadGrows = (first: Choice, second: Choice): ReadonlyArray<Claim> =>
  against((opponent) => [
    {
      claim: `the lead of ${nameOf(first)} over ${nameOf(second)} grows with KL, against ${opponentNames[opponent]}`,
      estimand: { quantity: "slope of the gap", first, second, against: opponent, kl: commonKls },
      direction: "above",
      threshold: 0,
      margin: margin / 3,
    },
  ])

/** Two arms are equal at each KL of the grid, within a margin of win rate. */
export const equal = (first: Choice, second: Choice, within = margin): ReadonlyArray<Claim> =>
  against((opponent) =>
    kls.map((kl) => ({
      claim: `${nameOf(first)} and ${nameOf(second)} are equal at ${kl} nats, against ${opponentNames[opponent]}`,
      family: within < margin ? ("check" as const) : ("exploratory" as const),
      estimand: { quantity: "gap", first, second, against: opponent, kl },
      direction: "within",
      threshold: within,
    })),
  )

/** The lead of one arm over another is larger at one place of a sweep than at another. */
export const leadIsLarger = (
  first: Choice,
  second: Choice,
  { at, than }: { readonly at: NonNullable<Choice["at"]>; readonly than: NonNullable<Choice["at"]> },
): ReadonlyArray<Claim> => {
  const words = (place: NonNullable<Choice["at"]>) => Object.values(place).join(", ")
  const term = (weight: number, choice: Choice, place: Choice["at"]) => ({ weight, arm: choice.arm, at: { ...choice.at, ...place } })
  return against((opponent) => [
    {
      claim: `the lead of ${first.arm} over ${second.arm} at ${middle} nats is larger at ${words(at)} than at ${words(than)}, against ${opponentNames[opponent]}`,
      estimand: {
        quantity: "contrast",
        terms: [term(1, first, at), term(-1, second, at), term(-1, first, than), term(1, second, than)],
        against: opponent,
        kl: middle,
      },
      direction: "above",
      threshold: 0,
    },
  ])
}

/** The arm is over-optimised: its win rate falls at its last checkpoint. */
export const overOptimised = (arm: Choice): ReadonlyArray<Claim> =>
  against((opponent) => [
    {
      claim: `${nameOf(arm)} is over-optimised in the end, against ${opponentNames[opponent]}`,
      estimand: { quantity: "slope at the end", ...arm, against: opponent },
      direction: "below",
      threshold: 0,
      margin: margin / 3,
    },
  ])

/** Where both arms are over-optimised: the first has the higher peak. */
export const higherPeak = (first: Choice, second: Choice): ReadonlyArray<Claim> =>
  against((opponent) => [
    {
      claim: `${nameOf(first)} has a higher peak than ${nameOf(second)}, against ${opponentNames[opponent]}`,
      estimand: { quantity: "difference of peaks", first, second, against: opponent },
      direction: "above",
      threshold: 0,
    },
  ])

/** The arm is hardly above SFT, as the paper says, or clearly, as a check that it has learned. */
export const againstSft = (arm: Choice, how: "hardly" | "clearly"): Claim => ({
  claim: `${nameOf(arm)} is ${how} above SFT at ${middle} nats`,
  estimand: { quantity: "win rate", ...arm, against: "sft", kl: middle },
  ...(how === "hardly"
    ? { direction: "below", threshold: 0.5 + margin }
    : { family: "check" as const, direction: "above", threshold: 0.6 }),
})

/** How often an arm orders pairs as gold does. */
export const classifies = (arm: Choice, source: string, how: "no better than chance" | "better than chance"): Claim => ({
  claim: `${nameOf(arm)} classifies "${source}" ${how}, at ${middle} nats`,
  estimand: { quantity: "accuracy", ...arm, source, kl: middle },
  direction: how === "better than chance" ? "above" : "below",
  threshold: 0.5 + margin,
})

/** One arm classifies better than another where both win as often. */
export const classifiesBetter = (first: Choice, second: Choice, source: string, winRate: number): Claim => ({
  claim: `${nameOf(first)} classifies "${source}" better than ${nameOf(second)} where both have a win rate of ${winRate}`,
  estimand: { quantity: "difference of accuracy", first, second, source, against: "sft", winRate },
  direction: "above",
  threshold: 0,
})

/** Log-likelihood of the chosen response falls. */
export const chosenFalls = (arm: Choice): Claim => ({
  claim: `log-likelihood of chosen responses has fallen at ${middle} nats: ${nameOf(arm)}`,
  estimand: { quantity: "chosen change", ...arm, source: "golden", kl: middle },
  direction: "below",
  threshold: 0,
  margin: 0,
})

/** …and it does so more for one arm than for another at equal KL. */
export const chosenFallsMore = (first: Choice, second: Choice): Claim => ({
  claim: `log-likelihood of chosen responses falls more for ${nameOf(first)} than for ${nameOf(second)}, at ${middle} nats`,
  estimand: { quantity: "difference of chosen change", first, second, source: "golden", kl: middle },
  direction: "below",
  threshold: 0,
  margin: 0,
})

/** Accuracy on a source of pairs does not predict win rate along a run. */
export const doesNotPredict = (source: string): ReadonlyArray<Claim> =>
  against((opponent) => [
    {
      claim: `accuracy on "${source}" does not predict the win rate against ${opponentNames[opponent]}`,
      estimand: { quantity: "win rate by accuracy", source, against: opponent },
      direction: "within",
      threshold: 0.3,
    },
  ])

const against = (claims: (opponent: Opponent) => ReadonlyArray<Claim>): ReadonlyArray<Claim> => [...claims("sft"), ...claims("golden")]
