import * as tf from "@tensorflow/tfjs"
import { lowRank, type NamedTensors } from "../../../engine/index.ts"
import { loraNames } from "../adapter/lora-names.ts"

/**
 * `x` [rows, in] · weightᵀ + bias, by a matrix [out, in] and, where there is one, a bias [out], and
 * what an adapter adds to it → [rows, out].
 */
export const linearOf = (parameters: NamedTensors, x: tf.Tensor2D, name: string): tf.Tensor2D => {
  const product: tf.Tensor2D = tf.matMul(x, parameters[`${name}.weight`] as tf.Tensor2D, false, true)
  const bias = parameters[`${name}.bias`] as tf.Tensor1D | undefined
  return withAdapter(parameters, { x, name, product: bias === undefined ? product : tf.add(product, bias) })
}

/** A linear map's product, and what its adapter adds, where it has one: (x · Aᵀ) · Bᵀ. */
export const withAdapter = (
  parameters: NamedTensors,
  { x, name, product }: { readonly x: tf.Tensor2D; readonly name: string; readonly product: tf.Tensor2D },
): tf.Tensor2D => {
  const [down, up] = loraNames(name).map((matrix) => parameters[matrix] as tf.Tensor2D | undefined)
  if (down === undefined || up === undefined) return product
  return tf.add(product, lowRank(x, down, up))
}

/** Whether the linear map of this name has an adapter. */
export const isAdapted = (parameters: NamedTensors, name: string): boolean => parameters[loraNames(name)[0]] !== undefined
