import * as tf from "@tensorflow/tfjs"

/** Rows at a time: what they make of a vocabulary of some thousand stays in a core's cache. */
const portion = 256

/**
 * `compute` on a portion of the rows at a time, its results [rows] one behind the other: of what is as wide as a vocabulary, no more than a
 * portion stands in memory. For what has no gradient, which would need all of it again. Every input is [rows, …].
 */
export const byRows = <const Inputs extends ReadonlyArray<tf.Tensor>, const Results extends ReadonlyArray<tf.Tensor1D>>(
  inputs: Inputs,
  compute: (...inputs: Inputs) => Results,
): Results => {
  const rows = inputs[0]?.shape[0] ?? 0
  if (rows <= portion) return compute(...inputs)
  const parts = Array.from({ length: Math.ceil(rows / portion) }, (_, index) => {
    const start = index * portion
    const count = Math.min(portion, rows - start)
    const part = (input: tf.Tensor) => tf.slice(input, [start, ...input.shape.slice(1).fill(0)], [count, ...input.shape.slice(1)])
    // Slicing keeps a tensor's rank, and mapping a tuple its length, which TypeScript cannot say; nor can it below.
    return compute(...(inputs.map(part) as ReadonlyArray<tf.Tensor> as Inputs))
  })
  return (parts[0] as Results).map((_, result) =>
    tf.concat(parts.map((part) => part[result] as tf.Tensor1D)),
  ) as ReadonlyArray<tf.Tensor1D> as Results
}
