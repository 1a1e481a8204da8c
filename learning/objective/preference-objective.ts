import * as tf from "@tensorflow/tfjs"
import type { Loss } from "./loss.ts"
import { pairLoss, type Responses, weightedMean } from "./pair-loss.ts"

/**
 * A batch of pairs as a policy sees it, whatever the policy is made of. Responses are [2 · pairs]: the chosen ones in the first half, the
 * rejected ones in the second.
 */
export interface PairedResponses {
  /** log π(y), nats: the only thing that a gradient flows through. */
  readonly logp: tf.Tensor1D
  /** log π_ref(y), nats. */
  readonly reference: tf.Tensor1D
  /** Length in tokens. */
  readonly tokens: tf.Tensor1D
  /** How much each pair counts, [pairs]; a tie has 0. */
  readonly weight: tf.Tensor1D
}

/**
 * The loss of a batch, and what is reported beside it, each a mean over the pairs by weight: `margin` (Δ, nats), `accuracy` (share of Δ > 0,
 * where Δ = 0 counts ½), and the change of log-likelihood since the reference, `chosen_logp_change` and `rejected_logp_change` (nats).
 */
export const preferenceObjective = (loss: Loss, { logp, reference, tokens, weight }: PairedResponses) => {
  const pairs = weight.shape[0]
  const ratio = tf.sub(logp, reference)
  const half = (start: number): Responses => {
    const of = (values: tf.Tensor) => tf.slice(values, [start], [pairs]) as tf.Tensor1D
    return { logp: of(logp), ratio: of(ratio), tokens: of(tokens) }
  }
  const chosen = half(0)
  const rejected = half(pairs)
  const margins = tf.sub(chosen.ratio, rejected.ratio)
  const average = (values: tf.Tensor): tf.Scalar => weightedMean(values, weight)
  return {
    loss: average(pairLoss(loss, { chosen, rejected, weight })),
    margin: average(margins),
    accuracy: average(tf.div(tf.add(tf.sign(margins), 1), 2)),
    chosen_logp_change: average(chosen.ratio),
    rejected_logp_change: average(rejected.ratio),
  }
}
