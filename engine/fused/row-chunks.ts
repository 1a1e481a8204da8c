import * as tf from "@tensorflow/tfjs"

/**
 * So few that their hidden layer, or their logits over a vocabulary of some hundreds, stay in a
 * core's cache.
 */
const rowsPerChunk = 256

/** Splits rows [rows, …] into chunks. */
export const splitRows = <T extends tf.Tensor>(rows: T): ReadonlyArray<T> => {
  const count = rows.shape[0] as number
  if (count <= rowsPerChunk) return [rows]
  const sizes = Array.from({ length: Math.ceil(count / rowsPerChunk) }, (_, index) => Math.min(rowsPerChunk, count - index * rowsPerChunk))
  return tf.split(rows, sizes)
}

/**
 * Applies `compute` to one chunk of the rows after another and concatenates its results, [rows]
 * each, so that no more than a chunk of what is as wide as a vocabulary is in memory. For
 * computations without a gradient, which would need all of it again. Inputs are [rows, …].
 */
export const mapRowChunks = <const Inputs extends ReadonlyArray<tf.Tensor>, const Results extends ReadonlyArray<tf.Tensor1D>>(
  inputs: Inputs,
  compute: (...inputs: Inputs) => Results,
): Results => {
  const chunks = inputs.map(splitRows)
  // Taking chunks keeps a tensor's rank, and mapping a tuple its length, which TypeScript cannot
  // say; nor can it below.
  const parts = (chunks[0] ?? []).map((_, index) => compute(...(chunks.map((rows) => rows[index]) as ReadonlyArray<tf.Tensor> as Inputs)))
  return (parts[0] as Results).map((_, result) =>
    tf.concat(parts.map((part) => part[result] as tf.Tensor1D)),
  ) as ReadonlyArray<tf.Tensor1D> as Results
}
