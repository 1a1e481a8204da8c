import * as tf from "@tensorflow/tfjs"
import type { NamedTensors } from "../program.ts"
import { after } from "./after.ts"
import { differentiable, isDifferentiated } from "./differentiable.ts"

/** A part of a model: from `x` and named tensors to a tensor of the same shape as `x`. */
export type Block = (x: tf.Tensor2D, given: NamedTensors) => tf.Tensor2D

/**
 * Computes blocks so that nothing but their inputs is kept for the gradient: what it needs is
 * computed again then (activation recomputation; Chen et al. 2016, "Training deep nets with
 * sublinear memory cost"). Gradients flow to `x` and to those of `given` that are trained; the
 * others, and what else a block reads, must be there still when the gradient is computed, as a
 * program's inputs are.
 */
export const recomputed =
  (isTrained: (name: string) => boolean) =>
  (block: Block, x: tf.Tensor2D, given: NamedTensors): tf.Tensor2D => {
    if (!isDifferentiated()) return block(x, given)
    const names = Object.keys(given).filter(isTrained)
    const again = (rows: tf.Tensor, trained: ReadonlyArray<tf.Tensor>): tf.Tensor2D =>
      block(rows as tf.Tensor2D, { ...given, ...Object.fromEntries(names.map((name, index) => [name, trained[index] as tf.Tensor])) })
    const inputs: readonly [tf.Tensor, ...ReadonlyArray<tf.Tensor>] = [x, ...names.map((name) => given[name] as tf.Tensor)]
    return differentiable(
      inputs,
      (rows, ...trained) => ({ value: again(rows, trained), kept: [rows, ...trained] as typeof inputs }),
      (dy, rows, ...trained) => {
        const [dx, ...gradients] = gradientsOf(again, after([dy], rows), trained, dy)
        return [after(gradients, dx as tf.Tensor), ...gradients] as typeof inputs
      },
    )
  }

/** Gradients of `f` by `x` and the others, 0 by those that it does not use. */
const gradientsOf = (
  f: (x: tf.Tensor, others: ReadonlyArray<tf.Tensor>) => tf.Tensor,
  x: tf.Tensor,
  others: ReadonlyArray<tf.Tensor>,
  dy: tf.Tensor,
): ReadonlyArray<tf.Tensor> => {
  // TensorFlow.js has one record of what was computed, and takes the end of an inner gradient for
  // that of the outer one.
  const { state } = tf.engine()
  const { activeTape } = state
  const inputs = [x, ...others]
  try {
    const { grads } = tf.engine().gradients(() => f(x, others), inputs, dy, true)
    return inputs.map((input, index) => grads[index] ?? tf.zerosLike(input))
  } finally {
    state.activeTape = activeTape
  }
}
