import { Schema } from "effect"
import { withDefault } from "../parameter.ts"
import { loss } from "./loss.ts"

/*
 * Notation: y_w is the chosen and y_l the rejected response of a pair, all log-probabilities are
 * sums over the tokens of a response in nats, r(y) = log π(y)/π_ref(y), and Δ = r(y_w) − r(y_l).
 */

const Positive = Schema.Finite.check(Schema.isGreaterThan(0))

/**
 * Identity preference optimisation: (βΔ − ½)², so the target margin is 1/(2β). Azar et al. 2023,
 * eq. 17, times β².
 *
 * TRL's `loss_type="ipo"` is another loss: it divides each log-ratio by the length of its response
 * and has no factor β². A β from a TRL recipe belongs to `ipoAveraged`. To aim at the same margin
 * here, divide it by the length of a typical response.
 */
export const ipo = loss({ name: "ipo", parameters: { beta: Positive }, run: () => import("./losses/ipo.ts") })

/**
 * IPO on log-ratios per token, as TRL's `loss_type="ipo"` has it: (Δ̄ − 1/(2β))² with Δ̄ =
 * r(y_w)/|y_w| − r(y_l)/|y_l|, |y| in tokens, end-of-text included. β means what it does in TRL's
 * recipes (its default is 0.1). Equal to TRL 1.16 in value and gradient; its authors say there that
 * Azar et al. 2023 used this form too.
 *
 * Without the factor β² the gradients of a small β are large: at β = 0.1 and Δ = 0, −10/|y_w| by
 * log π(y_w), where `ipo` has −0.1.
 */
export const ipoAveraged = loss({ name: "ipo-averaged", parameters: { beta: Positive }, run: () => import("./losses/ipo-averaged.ts") })

/**
 * Direct preference optimisation: −log σ(βΔ). Rafailov et al. 2023, eq. 7. TRL's
 * `loss_type="sigmoid"`.
 */
export const dpo = loss({ name: "dpo", parameters: { beta: Positive }, run: () => import("./losses/dpo.ts") })

/**
 * Conservative DPO, which believes a label with probability 1 − ε, ε = `smoothing` ≤ ½: −(1 − ε)
 * log σ(βΔ) − ε log σ(−βΔ). Its target margin is log((1 − ε)/ε)/β. Mitchell 2023, "A note on DPO
 * with noisy preferences".
 *
 * Not TRL's `loss_type="robust"` (Chowdhury et al. 2024), which subtracts the flipped term and
 * divides by 1 − 2ε. TRL 1.16 ignores `label_smoothing` under "sigmoid"; earlier versions (0.24)
 * computed this loss there.
 */
export const cdpo = loss({
  name: "cdpo",
  parameters: {
    beta: Positive,
    /** ε: how often labels are wrong. */
    smoothing: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 0.5 })),
  },
  run: () => import("./losses/cdpo.ts"),
})

/**
 * Sequence likelihood calibration: max(0, 1 − βΔ). Zhao et al. 2023, on log-ratios as in Tang et
 * al. 2024 (GPO), table 1. TRL's `loss_type="hinge"`.
 */
export const slic = loss({ name: "slic", parameters: { beta: Positive }, run: () => import("./losses/slic.ts") })

/** e^{−βΔ}. Tang et al. 2024 (GPO), table 1. */
export const exponential = loss({ name: "exponential", parameters: { beta: Positive }, run: () => import("./losses/exponential.ts") })

/** max(0, 1 − βΔ)². Tang et al. 2024 (GPO), table 1. */
export const truncatedQuadratic = loss({
  name: "truncated-quadratic",
  parameters: { beta: Positive },
  run: () => import("./losses/truncated-quadratic.ts"),
})

/**
 * 1/(1 + e^{βΔ})², which gives up on pairs that are far on the wrong side. Tang et al. 2024 (GPO),
 * table 1.
 */
export const savage = loss({ name: "savage", parameters: { beta: Positive }, run: () => import("./losses/savage.ts") })

/**
 * Kahneman–Tversky optimisation, here of pairs: ½ λ_D σ(β(z₀ − r(y_w))) + ½ λ_U σ(β(r(y_l) − z₀)),
 * with `desirable` = λ_D and `undesirable` = λ_U. Ethayarajh et al. 2024, eq. 8. The reference
 * point z₀ stands for KL(π‖π_ref): the mean of r over all responses of the batch, at least 0,
 * without gradient. That is an estimate of the divergence where the responses are the policy's own,
 * and an offset elsewhere.
 *
 * TRL's `KTOTrainer` takes single responses, estimates z₀ from each prompt with another prompt's
 * response, and averages over responses; its values differ from these at the same β, λ_D and λ_U.
 * "apo_zero" in TRL's `DPOTrainer` is twice this loss at z₀ = 0.
 */
export const kto = loss({
  name: "kto",
  parameters: { beta: Positive, desirable: withDefault(Positive, 1), undesirable: withDefault(Positive, 1) },
  run: () => import("./losses/kto.ts"),
})

/**
 * Simple preference optimisation, without a reference: −log σ(β(log π(y_w)/|y_w| − log
 * π(y_l)/|y_l|) − γ), |y| in tokens. Meng et al. 2024, eq. 6. Being per token, its β is one or two
 * orders of magnitude above that of the others (2 to 2.5 there, γ up to 1.6).
 *
 * The γ here is the whole margin. TRL's `CPOTrainer` (`loss_type="simpo"`, `cpo_alpha=0`) calls the
 * same number `simpo_gamma`; recipes that give the ratio γ/β, as the paper's repository does, need
 * it multiplied by β.
 */
export const simpo = loss({ name: "simpo", parameters: { beta: Positive, gamma: Schema.Finite }, run: () => import("./losses/simpo.ts") })

/**
 * Best of two, not contrastive: −log π(y_w), with neither reference nor divergence. Tang et al.
 * 2024, "Understanding the performance gap". On pairs from `bestOfN` it is supervised fine-tuning
 * on the best of n.
 */
export const bo2 = loss({ name: "bo2", parameters: {}, run: () => import("./losses/bo2.ts") })
