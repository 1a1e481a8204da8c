import * as tf from "@tensorflow/tfjs"
import {
  causalAttention,
  compile,
  type EngineSetting,
  type NamedTensors,
  type Program,
  type Standing,
  type TensorSpecs,
  tokenLogProbability,
} from "../../engine/index.ts"
import type { Configuration } from "./configuration.ts"
import { type Attend, body, type Placed } from "./forward.ts"
import type { Packed } from "./packing.ts"
import { parameterSpecs } from "./specs.ts"

/** The tensors of packed sequences (see packing.ts). */
type PackedTensors = { readonly [name in keyof Packed["values"]]: tf.Tensor }

/** States that predict the responses' tokens, [predictions, width], and those tokens, int32 [predictions]. */
export const predictions = (configuration: Configuration, parameters: NamedTensors, packed: PackedTensors) => {
  const states = packedStates(configuration, parameters, packed)
  return { states: tf.gather(states, packed.sources as tf.Tensor1D) as tf.Tensor2D, targets: packed.targets as tf.Tensor1D }
}

/** The state of every token of the list, [tokens, width]. */
export const packedStates = (configuration: Configuration, parameters: NamedTensors, packed: PackedTensors): tf.Tensor2D => {
  const placed: Placed = { tokens: packed.tokens as tf.Tensor1D, positions: packed.positions as tf.Tensor1D }
  const standing: Standing = { places: packed.places as tf.Tensor2D, owned: packed.owned as tf.Tensor2D, uses: packed.uses as tf.Tensor2D }
  const attend: Attend = (projected) => causalAttention(projected, configuration.heads, standing)
  return body(configuration, parameters, placed, attend)
}

/** Sums of what belongs to the responses' tokens, [predictions], over each row → [rows]. */
export const sumByRow = (values: tf.Tensor1D, packed: PackedTensors): tf.Tensor1D => {
  const { places, owners, weights } = packed as Readonly<Record<string, tf.Tensor>>
  return tf.unsortedSegmentSum(tf.mul(values, weights as tf.Tensor1D), owners as tf.Tensor1D, (places as tf.Tensor2D).shape[0])
}

/** log π(response | prompt) of each sequence, in nats: the sum over the response's tokens → [rows]. */
export const sequenceLogProbability = (configuration: Configuration, parameters: NamedTensors, packed: PackedTensors): tf.Tensor1D => {
  const { states, targets } = predictions(configuration, parameters, packed)
  return sumByRow(tokenLogProbability(states, parameters["transformer.wte.weight"] as tf.Tensor2D, targets), packed)
}

/** The same as a program: packed sequences and the parameters → `logp` [rows]. */
export const compileLogProbability = (configuration: Configuration, specs: TensorSpecs, setting: EngineSetting): Promise<Program> =>
  compile(
    (inputs) => ({ logp: sequenceLogProbability(configuration, inputs, inputs) }),
    { ...specs, ...parameterSpecs(configuration) },
    setting,
  )
