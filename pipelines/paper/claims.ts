/**
 * How claims of the paper become rules. All thresholds were fixed before any comparison was run.
 *
 * - A difference that the paper *says is there* must be above 0 with its whole 95 % interval: a direction is all that scatter plots of single runs support.
 * - A difference that it says is *not* there must be within ±0.05 in win rate: the gaps that it reports are 0.05 to 0.2, and three seeds of 256 prompts tell
 *   apart little less.
 * - "No better than chance" and "hardly above SFT" are by the same margin below 0.55, and "clearly above SFT" is above 0.6: twice that margin.
 * - "Does not predict" is a correlation within ±0.3: it explains less than a tenth of the variance.
 */

import type { Claim } from "assay/stages"

type Choice = { readonly arm: string; readonly at?: Readonly<Record<string, string | number | boolean>> }
type Opponent = "sft" | "golden"

const none = 0.05
const spoken = { sft: "SFT", golden: "the golden policy" }
/** With what tells arms of one name apart inside a figure: the size of the policy, or who judges. */
const nameOf = ({ arm, at = {} }: Choice) => [arm, ...["size", "judge"].flatMap((axis) => (axis in at ? [`(${at[axis]})`] : []))].join(" ")

/** The first arm is above the second at equal KL, against each opponent. */
export const aboveAtEqualKl = (first: Choice, second: Choice): ReadonlyArray<Claim> =>
  against((opponent) => ({
    claim: `${nameOf(first)} is above ${nameOf(second)} at equal KL, against ${spoken[opponent]}`,
    effect: { measure: "win rate at equal KL", first, second, against: opponent },
    direction: "above",
    threshold: 0,
  }))

/** The first arm's peak is above the second's. */
export const higherPeak = (first: Choice, second: Choice): ReadonlyArray<Claim> =>
  against((opponent) => ({
    claim: `${nameOf(first)} has a higher peak than ${nameOf(second)}, against ${spoken[opponent]}`,
    effect: { measure: "peak win rate", first, second, against: opponent },
    direction: "above",
    threshold: 0,
  }))

/** The peaks of two arms are equal, within so much. */
export const equalPeaks = (first: Choice, second: Choice, within = none): ReadonlyArray<Claim> =>
  against((opponent) => ({
    claim: `${nameOf(first)} and ${nameOf(second)} have equal peaks, against ${spoken[opponent]}`,
    effect: { measure: "peak win rate", first, second, against: opponent },
    direction: "within",
    threshold: within,
  }))

/** The arm is over-optimised: its win rate rises, and falls again. */
export const falls = (arm: Choice): ReadonlyArray<Claim> =>
  against((opponent) => ({
    claim: `${nameOf(arm)} is over-optimised in the end, against ${spoken[opponent]}`,
    effect: { measure: "fall from the peak", arm, against: opponent },
    direction: "above",
    threshold: 0,
  }))

/** The arm's peak against SFT is hardly above it, or clearly. */
export const peakAgainstSft = (arm: Choice, how: "hardly" | "clearly"): Claim => ({
  claim: `${nameOf(arm)} is ${how} above SFT`,
  effect: { measure: "peak", arm, against: "sft" },
  ...(how === "hardly" ? { direction: "below", threshold: 0.5 + none } : { direction: "above", threshold: 0.5 + 2 * none }),
})

/** How often the last policy of an arm orders pairs as gold does. */
export const classifies = (arm: Choice, source: string, how: "no better than chance" | "better than chance"): Claim => ({
  claim: `${nameOf(arm)} classifies "${source}" ${how}`,
  effect: { measure: "accuracy", arm, source },
  direction: how === "better than chance" ? "above" : "below",
  threshold: 0.5 + none,
})

/** Log-likelihood of the chosen response falls. */
export const chosenFalls = (arm: Choice): Claim => ({
  claim: `log-likelihood of chosen responses falls: ${nameOf(arm)}`,
  effect: { measure: "chosen change", arm, source: "golden" },
  direction: "below",
  threshold: 0,
})

/** …and it does so more for one arm than for another. */
export const chosenFallsMore = (first: Choice, second: Choice): Claim => ({
  claim: `log-likelihood of chosen responses falls more for ${nameOf(first)} than for ${nameOf(second)}`,
  effect: { measure: "difference of chosen change", first, second, source: "golden" },
  direction: "below",
  threshold: 0,
})

/** Accuracy on a source of pairs does not predict win rate. */
export const doesNotPredict = (source: string): ReadonlyArray<Claim> =>
  against((opponent) => ({
    claim: `accuracy on "${source}" does not predict the win rate against ${spoken[opponent]}`,
    effect: { measure: "correlation of accuracy with win rate", source, against: opponent },
    direction: "within",
    threshold: 0.3,
  }))

/** The lead of one arm over another shrinks from the smallest policy to the largest. */
export const leadShrinks = (first: Choice, second: Choice, from: string, to: string): ReadonlyArray<Claim> =>
  against((opponent) => ({
    claim: `the lead of ${first.arm} over ${second.arm} shrinks from ${from} to ${to}, against ${spoken[opponent]}`,
    effect: { measure: "change of a lead in peak win rate", first, second, from: { size: from }, to: { size: to }, against: opponent },
    direction: "below",
    threshold: 0,
  }))

const against = (claim: (opponent: Opponent) => Claim): ReadonlyArray<Claim> => [claim("sft"), claim("golden")]
