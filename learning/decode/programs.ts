import * as tf from "@tensorflow/tfjs"
import {
  type AttentionCache,
  cachedAttention,
  compile,
  type EngineSetting,
  type NamedTensors,
  type Program,
  type TensorSpecs,
} from "../../engine/index.ts"
import type { Attend, Configuration } from "../policy/configuration.ts"
import { logits } from "../policy/logits.ts"
import { type Drawing, draw, logProbability } from "./draw.ts"
import { transposedSpecs, transposeProjections } from "./transpose-projections.ts"

/**
 * The prefill and the decode program. Both take weights whose projections are transposed (see
 * transpose-projections.ts); keys and values have the names of `cacheNames`.
 */

export const cacheNames = ({ layers }: Configuration): ReadonlyArray<string> =>
  Array.from({ length: layers }, (_, layer) => [`keys.${layer}`, `values.${layer}`]).flat()

/**
 * Computes the KV cache of prompts: `tokens` int32 [rows, length] → keys and values [rows,
 * keyValueHeads, length, headSize].
 */
export const compilePrefill = (configuration: Configuration, rows: number, length: number, engine: EngineSetting): Promise<Program> =>
  compile(
    ({ tokens, ...transposed }) => {
      const parameters = transposeProjections(configuration, transposed)
      const positions = tf.tensor1d(
        Int32Array.from({ length: rows * length }, (_, index) => index % length),
        "int32",
      )
      const cache = new KvCache(configuration, rows, tf.zeros([rows], "int32"))
      configuration.hiddenStates(parameters, { tokens: tf.reshape(tokens as tf.Tensor2D, [-1]), positions }, cache.attend)
      return cache.tensors
    },
    { tokens: { shape: [rows, length], dtype: "int32" }, ...transposedSpecs(configuration) },
    engine,
  )

export interface DecodingShape {
  readonly rows: number
  /** Positions for which keys and values have room. */
  readonly capacity: number
  /** Tokens to draw. */
  readonly steps: number
}

/**
 * Draws tokens: `current` int32 [rows], the last token of each row, which has read `lengths` int32
 * [rows] before it, and `random` [rows, steps] → `drawn` int32 [rows, steps], `logp` [rows, steps],
 * their log-probabilities at temperature 1 (nats), `behaviour` [rows, steps], those under the
 * distribution that they were drawn from, and keys and values [rows, keyValueHeads,
 * capacity, headSize] with those that came.
 */
export const compileDecoding = (
  configuration: Configuration,
  { rows, capacity, steps }: DecodingShape,
  drawing: Drawing,
  engine: EngineSetting,
): Promise<Program> => {
  const { keyValueHeads, headSize, context, tokens } = configuration
  const decoding = ({ current, lengths, random, ...rest }: NamedTensors): NamedTensors => {
    const cache = new KvCache(configuration, rows, lengths as tf.Tensor1D, rest)
    const parameters = transposeProjections(configuration, rest)
    let token = current as tf.Tensor1D
    const drawn: Array<tf.Tensor> = []
    const logps: Array<tf.Tensor> = []
    const behaviours: Array<tf.Tensor> = []
    for (const uniform of tf.unstack(random as tf.Tensor2D, 1) as Array<tf.Tensor1D>) {
      // A row that has ended may run beyond the context until the chunk ends; those tokens are
      // ignored.
      const positions: tf.Tensor1D = tf.minimum(cache.lengths, tf.scalar(context - 1, "int32"))
      const scores = logits(configuration, parameters, configuration.hiddenStates(parameters, { tokens: token, positions }, cache.attend))
      // What the tokenizer does not know is never drawn, but counts as it does in `transformers`.
      const drawable = tokens === undefined ? scores : tf.slice(scores, [0, 0], [rows, tokens])
      const { tokens: next, from } = draw(drawable, uniform, drawing)
      token = next
      drawn.push(token)
      const logp = logProbability(scores, token)
      logps.push(logp)
      behaviours.push(from === scores ? logp : logProbability(from, token))
      cache.advance()
    }
    return { drawn: tf.stack(drawn, 1), logp: tf.stack(logps, 1), behaviour: tf.stack(behaviours, 1), ...cache.tensors }
  }
  const cacheSpec = { shape: [rows, keyValueHeads, capacity, headSize], dtype: "float32" } as const
  const signature: TensorSpecs = {
    current: { shape: [rows], dtype: "int32" },
    lengths: { shape: [rows], dtype: "int32" },
    random: { shape: [rows, steps], dtype: "float32" },
    ...Object.fromEntries(cacheNames(configuration).map((name) => [name, cacheSpec])),
    ...transposedSpecs(configuration),
  }
  return compile(decoding, signature, engine)
}

/**
 * The KV cache while a program is traced: keys and values of every layer, and how many positions of
 * each row are filled.
 */
class KvCache {
  readonly #configuration: Configuration
  readonly #rows: number
  readonly #caches: Array<AttentionCache | undefined>
  lengths: tf.Tensor1D

  constructor(configuration: Configuration, rows: number, lengths: tf.Tensor1D, named: NamedTensors = {}) {
    this.#configuration = configuration
    this.#rows = rows
    this.lengths = lengths
    this.#caches = Array.from({ length: configuration.layers }, (_, layer) => {
      const [keys, values] = [named[`keys.${layer}`], named[`values.${layer}`]]
      return keys === undefined || values === undefined ? undefined : { keys: keys as tf.Tensor4D, values: values as tf.Tensor4D }
    })
  }

  readonly attend: Attend = (projected, layer) => {
    const { heads, keyValueHeads, headSize } = this.#configuration
    const { mixed, cache } = cachedAttention({
      projected: tf.reshape(projected, [this.#rows, -1, projected.shape[1]]),
      heads,
      keyValueHeads,
      cache: this.#caches[layer],
      lengths: this.lengths,
    })
    this.#caches[layer] = cache
    return tf.reshape(mixed, [-1, heads * headSize])
  }

  /** Every row has read one more position. */
  advance(): void {
    this.lengths = tf.add(this.lengths, tf.scalar(1, "int32"))
  }

  get tensors(): NamedTensors {
    return Object.fromEntries(
      this.#caches.flatMap((cache, layer) => [
        [`keys.${layer}`, cache?.keys as tf.Tensor],
        [`values.${layer}`, cache?.values as tf.Tensor],
      ]),
    )
  }
}
