import * as tf from "@tensorflow/tfjs"
import { feedForward, layerNorm, layerNormInto, layerNormLinear, linear, type NamedTensors } from "../../engine/index.ts"
import type { Configuration } from "./configuration.ts"

/** Tokens and where each stands in its sequence, both int32 [rows], in any order. */
export interface Placed {
  readonly tokens: tf.Tensor1D
  readonly positions: tf.Tensor1D
}

/** Who attends to whom in a layer: from queries, keys and values side by side, [rows, 3 · width], to [rows, width]. */
export type Attend = (projected: tf.Tensor2D, layer: number) => tf.Tensor2D

/**
 * The body of GPT-2 (Radford et al. 2019): pre-norm blocks, learned positions, attention as it is given. Every row is a token of some
 * sequence → [rows, width], after the last normalisation.
 */
export const body = ({ layers }: Configuration, parameters: NamedTensors, { tokens, positions }: Placed, attend: Attend): tf.Tensor2D => {
  const parameter = <T extends tf.Tensor>(name: string): T => parameters[`transformer.${name}`] as T
  let states = tf.add(tf.gather(parameter("wte.weight"), tokens), tf.gather(parameter("wpe.weight"), positions)) as tf.Tensor2D
  for (let layer = 0; layer < layers; layer++) {
    const block = <T extends tf.Tensor>(name: string): T => parameter<T>(`h.${layer}.${name}`)
    const [weight, shift] = [block<tf.Tensor2D>("attn.c_attn.weight"), block<tf.Tensor1D>("attn.c_attn.bias")]
    const projected = layerNormLinear(states, block("ln_1.weight"), block("ln_1.bias"), weight, shift)
    states = tf.add(states, linear(attend(projected, layer), block("attn.c_proj.weight"), block("attn.c_proj.bias")))
    const inner = { x: states, weight: block<tf.Tensor2D>("mlp.c_fc.weight"), shift: block<tf.Tensor1D>("mlp.c_fc.bias") }
    const { x, ...maps } = layerNormInto(inner, block("ln_2.weight"), block("ln_2.bias"))
    states = tf.add(states, feedForward(x, { ...maps, outWeight: block("mlp.c_proj.weight"), outShift: block("mlp.c_proj.bias") }))
  }
  return layerNorm(states, parameter("ln_f.weight"), parameter("ln_f.bias"))
}

/** Logits by the tied embedding: `states` [rows, width] → [rows, vocabulary]. */
export const logits = (parameters: NamedTensors, states: tf.Tensor2D): tf.Tensor2D =>
  tf.matMul(states, parameters["transformer.wte.weight"] as tf.Tensor2D, false, true)
