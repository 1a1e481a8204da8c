import * as tf from "@tensorflow/tfjs"
import { differentiable } from "./differentiable.ts"

/**
 * Cosine and sine of the angles by which the pairs of a head are turned, each [rows, pairs]: row
 * r's are those of its position.
 */
export interface Rotation {
  readonly cosine: tf.Tensor2D
  readonly sine: tf.Tensor2D
}

/**
 * Rotary position embedding (Su et al. 2021, eq. 34), in the layout of `transformers`: of each head
 * the first `2 · pairs` elements are turned, element i with element i + pairs; what follows stays.
 * `x` [rows, heads · size] → the same shape.
 *
 * A rotation is orthogonal, so its gradient is the rotation back.
 */
export const rotate = (x: tf.Tensor2D, size: number, { cosine, sine }: Rotation): tf.Tensor2D =>
  differentiable(
    [x],
    (input) => ({ value: turn(input, size, cosine, sine), kept: [cosine, sine] }),
    (dy, keptCosine, keptSine) => [turn(dy, size, keptCosine, tf.neg(keptSine))],
  )

const turn = (x: tf.Tensor2D, size: number, cosine: tf.Tensor2D, sine: tf.Tensor2D): tf.Tensor2D => {
  const [rows, columns] = x.shape
  const pairs = cosine.shape[1]
  const heads = tf.reshape(x, [rows, columns / size, size])
  const rest = size - 2 * pairs
  const [first, second, ...others] = tf.split(heads, rest === 0 ? [pairs, pairs] : [pairs, pairs, rest], 2) as [tf.Tensor, tf.Tensor]
  const [cos, sin] = [tf.expandDims(cosine, 1), tf.expandDims(sine, 1)]
  const turned = [tf.sub(tf.mul(first, cos), tf.mul(second, sin)), tf.add(tf.mul(second, cos), tf.mul(first, sin))]
  return tf.reshape(tf.concat([...turned, ...others], 2), [rows, columns])
}
