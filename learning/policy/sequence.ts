import * as tf from "@tensorflow/tfjs"
import {
  causalAttention,
  compile,
  type EngineSetting,
  type NamedTensors,
  type PackedLayout,
  type Program,
  type TensorSpecs,
  tokenLogProbability,
} from "../../engine/index.ts"
import type { AsBlock, Attend, Configuration, PlacedTokens } from "./configuration.ts"
import { outputMatrix } from "./logits.ts"
import type { Packed } from "./packing.ts"
import { parameterSpecs } from "./specs.ts"

/** The tensors of packed sequences (see packing.ts). */
type PackedTensors = { readonly [name in keyof Packed["values"]]: tf.Tensor }

/**
 * Hidden states that predict the responses' tokens, [predictions, width], and those tokens, int32
 * [predictions].
 */
export const computePredictions = (configuration: Configuration, parameters: NamedTensors, packed: PackedTensors, asBlock?: AsBlock) => {
  const hiddenStates = computePackedStates(configuration, parameters, packed, asBlock)
  return { hiddenStates: tf.gather(hiddenStates, packed.sources as tf.Tensor1D) as tf.Tensor2D, targets: packed.targets as tf.Tensor1D }
}

/** The hidden state of every token of the list, [tokens, width]. */
export const computePackedStates = (
  configuration: Configuration,
  parameters: NamedTensors,
  packed: PackedTensors,
  asBlock?: AsBlock,
): tf.Tensor2D => {
  const placed: PlacedTokens = { tokens: packed.tokens as tf.Tensor1D, positions: packed.positions as tf.Tensor1D }
  const layout: PackedLayout = {
    tokenAt: packed.tokenAt as tf.Tensor2D,
    ownerAt: packed.ownerAt as tf.Tensor2D,
    positionsOf: packed.positionsOf as tf.Tensor2D,
  }
  const attend: Attend = (projected) => causalAttention(projected, configuration, layout)
  return configuration.hiddenStates(parameters, placed, attend, asBlock)
}

/** Sums of what belongs to the responses' tokens, [predictions], over each row → [rows]. */
export const sumByRow = (values: tf.Tensor1D, packed: PackedTensors): tf.Tensor1D => {
  const { tokenAt, owners, weights } = packed as Readonly<Record<string, tf.Tensor>>
  return tf.unsortedSegmentSum(tf.mul(values, weights as tf.Tensor1D), owners as tf.Tensor1D, (tokenAt as tf.Tensor2D).shape[0])
}

/** Tokens of each sequence's response, float32 [rows]. */
export const responseLengths = (packed: PackedTensors): tf.Tensor1D => sumByRow(packed.weights as tf.Tensor1D, packed)

/**
 * log π(response | prompt) of each sequence, in nats: the sum over the response's tokens → [rows].
 */
export const sequenceLogProbability = (
  configuration: Configuration,
  parameters: NamedTensors,
  packed: PackedTensors,
  asBlock?: AsBlock,
): tf.Tensor1D => {
  const { hiddenStates, targets } = computePredictions(configuration, parameters, packed, asBlock)
  return sumByRow(tokenLogProbability(hiddenStates, outputMatrix(configuration, parameters), targets), packed)
}

/** The same as a program: packed sequences and the parameters → `logp` [rows]. */
export const compileLogProbability = (configuration: Configuration, specs: TensorSpecs, setting: EngineSetting): Promise<Program> =>
  compile(
    (inputs) => ({ logp: sequenceLogProbability(configuration, inputs, inputs) }),
    { ...specs, ...parameterSpecs(configuration) },
    setting,
  )
