import * as tf from "@tensorflow/tfjs"
import { compile, type EngineSetting, type NamedTensors, type Program, tokenLogProbability } from "../../engine/index.ts"
import type { Configuration } from "./configuration.ts"
import { hidden } from "./forward.ts"
import { parameterSpecs } from "./specs.ts"

/** A response in its context: the tokens of the prompt, end-of-text first, and those of the response. */
export interface Sequence {
  readonly prompt: Int32Array
  readonly response: Int32Array
}

/** Sequences as rectangles: `tokens` int32 [rows, length] and `mask` float32 [rows, length − 1], 1 where the *next* token is the response's. */
export interface SequenceBatch {
  readonly rows: number
  readonly length: number
  readonly tokens: Int32Array
  readonly mask: Float32Array
}

/** Lengths are rounded up to a multiple of this, so that few programs serve all batches. */
const bucket = 8

export const sequenceLength = (sequences: ReadonlyArray<Sequence>, context: number): number => {
  const longest = sequences.reduce((most, { prompt, response }) => Math.max(most, prompt.length + response.length), 2)
  return Math.min(context, Math.ceil(longest / bucket) * bucket)
}

/** Pads on the right, where nothing looks and nothing is scored; cuts what is longer than `length`. */
export const batchSequences = (sequences: ReadonlyArray<Sequence>, length: number): SequenceBatch => {
  const rows = sequences.length
  const tokens = new Int32Array(rows * length)
  const mask = new Float32Array(rows * (length - 1))
  sequences.forEach(({ prompt, response }, row) => {
    const whole = [...prompt, ...response].slice(0, length)
    tokens.set(whole, row * length)
    mask.fill(1, row * (length - 1) + prompt.length - 1, row * (length - 1) + Math.max(prompt.length, whole.length) - 1)
  })
  return { rows, length, tokens, mask }
}

export const batchSpecs = (rows: number, length: number) =>
  ({ tokens: { shape: [rows, length], dtype: "int32" }, mask: { shape: [rows, length - 1], dtype: "float32" } }) as const

/** States that predict the next token, [rows · (length − 1), width], and the tokens they should predict. */
export const predictions = (configuration: Configuration, parameters: NamedTensors, tokens: tf.Tensor2D) => {
  const [rows, length] = tokens.shape
  const { states } = hidden(configuration, parameters, tokens)
  const predicting = tf.slice(tf.reshape(states, [rows, length, configuration.width]), [0, 0, 0], [rows, length - 1, configuration.width])
  return {
    states: tf.reshape(predicting, [rows * (length - 1), configuration.width]) as tf.Tensor2D,
    targets: tf.reshape(tf.slice(tokens, [0, 1], [rows, length - 1]), [-1]) as tf.Tensor1D,
  }
}

/** log π(response | prompt) of each row, in nats: the sum over the response's tokens. `tokens`, `mask` → [rows]. */
export const sequenceLogProbability = (
  configuration: Configuration,
  parameters: NamedTensors,
  tokens: tf.Tensor2D,
  mask: tf.Tensor2D,
): tf.Tensor1D => {
  const { states, targets } = predictions(configuration, parameters, tokens)
  const each = tf.reshape(tokenLogProbability(states, parameters["transformer.wte.weight"] as tf.Tensor2D, targets), mask.shape)
  return tf.sum(tf.mul(each, mask), 1)
}

/** The same as a program: `tokens`, `mask` and the parameters → `logp` [rows]. */
export const compileLogProbability = (
  configuration: Configuration,
  rows: number,
  length: number,
  setting: EngineSetting,
): Promise<Program> =>
  compile(
    ({ tokens, mask, ...parameters }) => ({
      logp: sequenceLogProbability(configuration, parameters, tokens as tf.Tensor2D, mask as tf.Tensor2D),
    }),
    { ...batchSpecs(rows, length), ...parameterSpecs(configuration) },
    setting,
  )
