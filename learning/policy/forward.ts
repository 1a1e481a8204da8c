import * as tf from "@tensorflow/tfjs"
import { causalAttention, gelu, layerNorm, layerNormLinear, linear, type NamedTensors } from "../../engine/index.ts"
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
    const normalised = (norm: string, name: string) =>
      layerNormLinear(states, block(`${norm}.weight`), block(`${norm}.bias`), block(`${name}.weight`), block(`${name}.bias`))
    const projected = (x: tf.Tensor2D, name: string) => linear(x, block(`${name}.weight`), block(`${name}.bias`))
    states = tf.add(states, projected(attend(normalised("ln_1", "attn.c_attn"), layer), "attn.c_proj"))
    states = tf.add(states, projected(gelu(normalised("ln_2", "mlp.c_fc")), "mlp.c_proj"))
  }
  return layerNorm(states, parameter("ln_f.weight"), parameter("ln_f.bias"))
}

/** The body on a rectangle of sequences, each causal in itself: `tokens` int32 [batch, length] → [batch · length, width]. */
export const hidden = (configuration: Configuration, parameters: NamedTensors, tokens: tf.Tensor2D): tf.Tensor2D => {
  const [batch, length] = tokens.shape
  const positions = tf.tensor1d(
    Int32Array.from({ length: batch * length }, (_, row) => row % length),
    "int32",
  )
  const attend: Attend = (projected) => causalAttention(projected, { batch, length, heads: configuration.heads })
  return body(configuration, parameters, { tokens: tf.reshape(tokens, [-1]), positions }, attend)
}

/** Logits by the tied embedding: `states` [rows, width] → [rows, vocabulary]. */
export const logits = (parameters: NamedTensors, states: tf.Tensor2D): tf.Tensor2D =>
  tf.matMul(states, parameters["transformer.wte.weight"] as tf.Tensor2D, false, true)
