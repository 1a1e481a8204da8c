import * as tf from "@tensorflow/tfjs"

/** One element of each row: `matrix` [rows, columns], `columns` int32 [rows] → [rows]. */
export const pick = (matrix: tf.Tensor2D, columns: tf.Tensor1D): tf.Tensor1D => {
  const [rows, width] = matrix.shape
  return tf.gather(tf.reshape(matrix, [-1]), tf.add(tf.range(0, rows * width, width, "int32"), columns))
}
