import * as tf from "@tensorflow/tfjs"
import { runFused } from "./run.ts"

/** `x` [rows, in] · `weight` [in, out] + `bias` [out] → [rows, out], as one product with its sum. */
export const linear = (x: tf.Tensor2D, weight: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor2D => {
  const withGradient = tf.customGrad((...args) => {
    const [input, matrix, shift, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.GradSaveFunc]
    save([input, matrix])
    const value = runFused("Linear", { x: input, weight: matrix, bias: shift }, {}, () => tf.add(tf.matMul(input, matrix), shift))
    const gradFunc = (dy: tf.Tensor, saved: Array<tf.Tensor>) => {
      const [savedInput, savedMatrix] = saved as [tf.Tensor2D, tf.Tensor2D]
      return [tf.matMul(dy, savedMatrix, false, true), tf.matMul(savedInput, dy, true, false), tf.sum(dy, 0)]
    }
    return { value, gradFunc }
  })
  return withGradient(x, weight, bias) as tf.Tensor2D
}
