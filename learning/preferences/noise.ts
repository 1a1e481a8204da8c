import { Schema } from "effect"

const Probability = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const Temperature = Schema.Finite.check(Schema.isGreaterThan(0))

/** How an annotator strays from the judge, of pairs that the judge does not tie. */
export const Noise = Schema.Union([
  Schema.TaggedStruct("none", {}),
  Schema.TaggedStruct("flip", { probability: Probability }),
  Schema.TaggedStruct("draw", { temperature: Temperature }),
])
export type Noise = typeof Noise.Type

/** The label of any pair is the wrong one with this probability, whatever the pair. */
export const flip = ({ probability }: { readonly probability: number }): Noise => ({ _tag: "flip", probability })

/**
 * The label is drawn: the first response wins with probability σ((s₁ − s₂)/temperature) of the
 * judge's scores (Bradley and Terry 1952), or, where the judge has a probability and no scores,
 * with that probability, its log-odds divided by the temperature.
 */
export const draw = ({ temperature }: { readonly temperature: number }): Noise => ({ _tag: "draw", temperature })

/**
 * What becomes of the pairs that the judge ties. "mark" keeps them, marked: learners give them no
 * weight and win rates count them a half. "drop" leaves them out. "random" has a coin decide, as an
 * annotator does who must choose, and nothing tells such a pair from others.
 */
export const Ties = Schema.Literals(["mark", "drop", "random"])
export type Ties = typeof Ties.Type
