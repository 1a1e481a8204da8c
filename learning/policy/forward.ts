import * as tf from "@tensorflow/tfjs"
import { feedForward, foldLayerNorm, layerNorm, layerNormLinear, linear, type NamedTensors } from "../../engine/index.ts"
import type { Configuration } from "./configuration.ts"

/** Tokens and where each stands in its sequence, both int32 [rows], in any order. */
export interface PlacedTokens {
  readonly tokens: tf.Tensor1D
  readonly positions: tf.Tensor1D
}

/**
 * Attention in a layer, whichever tokens attend to which: from queries, keys and values side by
 * side, [rows, 3 · width], to [rows, width].
 */
export type Attend = (projected: tf.Tensor2D, layer: number) => tf.Tensor2D

/**
 * The hidden states of GPT-2 (Radford et al. 2019) after the last normalisation: pre-norm blocks,
 * learned positions, and the attention that is given. Every row is a token of some sequence →
 * [rows, width].
 */
export const computeHiddenStates = (
  { layers }: Configuration,
  parameters: NamedTensors,
  { tokens, positions }: PlacedTokens,
  attend: Attend,
): tf.Tensor2D => {
  const parameter = <T extends tf.Tensor>(name: string): T => parameters[`transformer.${name}`] as T
  let hiddenStates = tf.add(tf.gather(parameter("wte.weight"), tokens), tf.gather(parameter("wpe.weight"), positions)) as tf.Tensor2D
  for (let layer = 0; layer < layers; layer++) {
    const block = <T extends tf.Tensor>(name: string): T => parameter<T>(`h.${layer}.${name}`)
    const norm = (name: string) => ({ gain: block<tf.Tensor1D>(`${name}.weight`), bias: block<tf.Tensor1D>(`${name}.bias`) })
    const map = (name: string) => ({ weight: block<tf.Tensor2D>(`${name}.weight`), bias: block<tf.Tensor1D>(`${name}.bias`) })
    const projected = layerNormLinear(hiddenStates, norm("ln_1"), map("attn.c_attn"))
    const [mixing, widening, narrowing] = [map("attn.c_proj"), map("mlp.c_fc"), map("mlp.c_proj")]
    hiddenStates = tf.add(hiddenStates, linear(attend(projected, layer), mixing.weight, mixing.bias))
    const { x, weight, bias } = foldLayerNorm(hiddenStates, norm("ln_2"), widening)
    hiddenStates = tf.add(hiddenStates, feedForward(x, { weight, bias, outWeight: narrowing.weight, outBias: narrowing.bias }))
  }
  return layerNorm(hiddenStates, { gain: parameter("ln_f.weight"), bias: parameter("ln_f.bias") })
}

/** Logits by the tied embedding: `hiddenStates` [rows, width] → [rows, vocabulary]. */
export const logits = (parameters: NamedTensors, hiddenStates: tf.Tensor2D): tf.Tensor2D =>
  tf.matMul(hiddenStates, parameters["transformer.wte.weight"] as tf.Tensor2D, false, true)
