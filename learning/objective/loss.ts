import { Schema } from "effect"

/*
 * Notation: y_w is the chosen and y_l the rejected response of a pair, all log-probabilities are sums over the tokens of a response in nats,
 * r(y) = log π(y)/π_ref(y), and Δ = r(y_w) − r(y_l).
 */

const Positive = Schema.Finite.check(Schema.isGreaterThan(0))
const marginLoss = <const Tag extends string>(tag: Tag) => Schema.TaggedStruct(tag, { beta: Positive })

/** Losses that see a pair only by its margin: f(βΔ). */
export const MarginLoss = Schema.Union([
  marginLoss("ipo"),
  marginLoss("dpo"),
  Schema.TaggedStruct("cdpo", {
    beta: Positive,
    smoothing: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0), Schema.isLessThanOrEqualTo(0.5)),
  }),
  marginLoss("slic"),
  marginLoss("exponential"),
  marginLoss("truncated-quadratic"),
  marginLoss("savage"),
])
export type MarginLoss = typeof MarginLoss.Type

/** What preference optimisation minimises, averaged over pairs. */
export const Loss = Schema.Union([
  ...MarginLoss.members,
  Schema.TaggedStruct("kto", { beta: Positive, desirable: Positive, undesirable: Positive }),
  Schema.TaggedStruct("simpo", { beta: Positive, gamma: Schema.Finite }),
  Schema.TaggedStruct("bo2", {}),
])
export type Loss = typeof Loss.Type

interface Beta {
  readonly beta: number
}

/** Identity preference optimisation: (βΔ − ½)², so the target margin is 1/(2β). Azar et al. 2023, eq. 17, times β². */
export const ipo = ({ beta }: Beta): Loss => ({ _tag: "ipo", beta })

/** Direct preference optimisation: −log σ(βΔ). Rafailov et al. 2023, eq. 7. */
export const dpo = ({ beta }: Beta): Loss => ({ _tag: "dpo", beta })

/**
 * Conservative DPO, which believes a label with probability 1 − ε, ε = `smoothing` ≤ ½: −(1 − ε) log σ(βΔ) − ε log σ(−βΔ).
 * Its target margin is log((1 − ε)/ε)/β. Mitchell 2023, "A note on DPO with noisy preferences".
 */
export const cdpo = ({ beta, smoothing }: Beta & { readonly smoothing: number }): Loss => ({ _tag: "cdpo", beta, smoothing })

/** Sequence likelihood calibration: max(0, 1 − βΔ). Zhao et al. 2023, on log-ratios as in Tang et al. 2024 (GPO), table 1. */
export const slic = ({ beta }: Beta): Loss => ({ _tag: "slic", beta })

/** e^{−βΔ}. Tang et al. 2024 (GPO), table 1. */
export const exponential = ({ beta }: Beta): Loss => ({ _tag: "exponential", beta })

/** max(0, 1 − βΔ)². Tang et al. 2024 (GPO), table 1. */
export const truncatedQuadratic = ({ beta }: Beta): Loss => ({ _tag: "truncated-quadratic", beta })

/** 1/(1 + e^{βΔ})², which gives up on pairs that are far on the wrong side. Tang et al. 2024 (GPO), table 1. */
export const savage = ({ beta }: Beta): Loss => ({ _tag: "savage", beta })

/**
 * Kahneman–Tversky optimisation, here of pairs: ½ λ_D σ(β(z₀ − r(y_w))) + ½ λ_U σ(β(r(y_l) − z₀)), with `desirable` = λ_D and `undesirable` = λ_U.
 * Ethayarajh et al. 2024, eq. 8. The reference point z₀ stands for KL(π‖π_ref): the mean of r over all responses of the batch, at least 0,
 * without gradient. That is an estimate of the divergence where the responses are the policy's own, and an offset elsewhere.
 */
export const kto = ({
  beta,
  desirable = 1,
  undesirable = 1,
}: Beta & { readonly desirable?: number; readonly undesirable?: number }): Loss => ({ _tag: "kto", beta, desirable, undesirable })

/**
 * Simple preference optimisation, without a reference: −log σ(β(log π(y_w)/|y_w| − log π(y_l)/|y_l|) − γ), |y| in tokens.
 * Meng et al. 2024, eq. 6. Being per token, its β is one or two orders of magnitude above that of the others (2 to 2.5 there, γ up to 1.6).
 */
export const simpo = ({ beta, gamma }: Beta & { readonly gamma: number }): Loss => ({ _tag: "simpo", beta, gamma })

/**
 * Best of two, not contrastive: −log π(y_w), with neither reference nor divergence. Tang et al. 2024, "Understanding the performance gap".
 * On pairs from `bestOfN` it is supervised fine-tuning on the best of n.
 */
export const bo2 = (): Loss => ({ _tag: "bo2" })
