import { Schema } from "effect"

const Beta = Schema.Finite.check(Schema.isGreaterThan(0))

/**
 * A contrastive loss on the log-ratio margin of a pair,
 * Δ = log π(y_w)/π_ref(y_w) − log π(y_l)/π_ref(y_l) (nats, sums over tokens), as f(βΔ).
 */
export const Loss = Schema.Union([Schema.TaggedStruct("ipo", { beta: Beta }), Schema.TaggedStruct("dpo", { beta: Beta })])
export type Loss = typeof Loss.Type

/** Identity preference optimisation: (βΔ − ½)², so the target margin is 1/(2β). Azar et al. 2023, eq. 17, times β². */
export const ipo = ({ beta }: { readonly beta: number }): Loss => ({ _tag: "ipo", beta })

/** Direct preference optimisation: −log σ(βΔ). Rafailov et al. 2023, eq. 7. */
export const dpo = ({ beta }: { readonly beta: number }): Loss => ({ _tag: "dpo", beta })
