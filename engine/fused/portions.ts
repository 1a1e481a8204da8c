import * as tf from "@tensorflow/tfjs"

/** Rows at a time: what they make of a hidden layer or a vocabulary of some hundreds stays in a core's cache. */
const portion = 256

/** Rows [rows, …] a portion at a time. */
export const portionsOf = <T extends tf.Tensor>(rows: T): ReadonlyArray<T> => {
  const count = rows.shape[0] as number
  if (count <= portion) return [rows]
  const sizes = Array.from({ length: Math.ceil(count / portion) }, (_, index) => Math.min(portion, count - index * portion))
  return tf.split(rows, sizes)
}

/**
 * `compute` on a portion of the rows at a time, its results [rows] one behind the other: of what is as wide as a vocabulary, no more than a
 * portion stands in memory. For what has no gradient, which would need all of it again. Every input is [rows, …].
 */
export const byRows = <const Inputs extends ReadonlyArray<tf.Tensor>, const Results extends ReadonlyArray<tf.Tensor1D>>(
  inputs: Inputs,
  compute: (...inputs: Inputs) => Results,
): Results => {
  const portions = inputs.map(portionsOf)
  // Taking portions keeps a tensor's rank, and mapping a tuple its length, which TypeScript cannot say; nor can it below.
  const parts = (portions[0] ?? []).map((_, index) =>
    compute(...(portions.map((each) => each[index]) as ReadonlyArray<tf.Tensor> as Inputs)),
  )
  return (parts[0] as Results).map((_, result) =>
    tf.concat(parts.map((part) => part[result] as tf.Tensor1D)),
  ) as ReadonlyArray<tf.Tensor1D> as Results
}
