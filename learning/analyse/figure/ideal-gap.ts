import { computeIdealGap, type IdealOpponent } from "../statistics/rich-policy.ts"
import type { GapTheory } from "./gap-headline.ts"

/**
 * The gap of rich policies at equal KL, online less offline, as a line from one KL to another, both
 * in nats and above 0.
 */
export const idealGapLine = ({
  from,
  to,
  against,
}: {
  readonly from: number
  readonly to: number
  readonly against: IdealOpponent
}): GapTheory => {
  const opponent = against === "reference" ? "the reference" : `a golden policy (the online optimum of β = ${against.nash})`
  return {
    name: "theory",
    caption: `Theory: rich policies, unlimited data and no ties, against ${opponent}.`,
    points: Array.from({ length: 41 }, (_, index) => {
      const kl = from + ((to - from) * index) / 40
      return { kl, effect: computeIdealGap(kl, against) }
    }),
  }
}
