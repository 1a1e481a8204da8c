import * as tf from "@tensorflow/tfjs"
import { splitSides } from "../policy/pair-batch.ts"
import type { LossSide, PairLoss } from "./loss.ts"
import { weightedMean } from "./margin.ts"

/**
 * A batch of pairs as a policy sees it, whatever the policy is made of. Values of responses are [2
 * · pairs], laid out as in policy/pair-batch.ts.
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
 * The loss of a batch, and what is reported beside it, each a mean over the pairs by weight:
 * `margin` (Δ, nats), `accuracy` (share of Δ > 0, where Δ = 0 counts ½), and the change of
 * log-likelihood since the reference, `chosen_logp_change` and `rejected_logp_change` (nats).
 */
export const preferenceObjective = (loss: PairLoss, { logp, reference, tokens, weight }: PairedResponses) => {
  const ratio = tf.sub(logp, reference)
  const [logps, references, ratios, lengths] = [splitSides(logp), splitSides(reference), splitSides(ratio), splitSides(tokens)]
  const side = (which: 0 | 1): LossSide => ({
    logp: logps[which],
    reference: references[which],
    ratio: ratios[which],
    tokens: lengths[which],
  })
  const [chosen, rejected] = [side(0), side(1)]
  const margins = tf.sub(chosen.ratio, rejected.ratio)
  const average = (values: tf.Tensor): tf.Scalar => weightedMean(values, weight)
  return {
    loss: average(loss({ chosen, rejected, weight })),
    margin: average(margins),
    accuracy: average(tf.div(tf.add(tf.sign(margins), 1), 2)),
    chosen_logp_change: average(chosen.ratio),
    rejected_logp_change: average(rejected.ratio),
  }
}
