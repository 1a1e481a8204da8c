import * as tf from "@tensorflow/tfjs"
import { gelu, layerNorm, layerNormLinear, linear, type NamedTensors } from "../../engine/index.ts"
import type { Configuration } from "./configuration.ts"

/** Keys and values of one layer's past, each [batch, heads, past, width / heads]. */
export interface LayerCache {
  readonly keys: tf.Tensor4D
  readonly values: tf.Tensor4D
}

interface Hidden {
  /** [batch · length, width], after the last normalisation. */
  readonly states: tf.Tensor2D
  /** The past and the new positions of every layer. */
  readonly caches: ReadonlyArray<LayerCache>
}

/**
 * The body of GPT-2 (Radford et al. 2019): pre-norm blocks, learned positions, causal attention.
 * `tokens` int32 [batch, length] stand at positions `past …`, after those in `caches`.
 */
export const hidden = (
  configuration: Configuration,
  parameters: NamedTensors,
  tokens: tf.Tensor2D,
  caches: ReadonlyArray<LayerCache> = [],
): Hidden => {
  const { width, layers } = configuration
  const [batch, length] = tokens.shape
  const past = caches[0]?.keys.shape[2] ?? 0
  const parameter = <T extends tf.Tensor>(name: string): T => parameters[`transformer.${name}`] as T
  const embedded = tf.reshape(tf.gather(parameter<tf.Tensor2D>("wte.weight"), tf.reshape(tokens, [-1])), [batch, length, width])
  const positions = tf.slice(parameter<tf.Tensor2D>("wpe.weight"), [past, 0], [length, width])
  const mask = causalMask(length, past)
  const scale = queryScale(configuration)
  let states = tf.reshape(tf.add(embedded, positions), [batch * length, width]) as tf.Tensor2D
  const next: Array<LayerCache> = []
  for (let layer = 0; layer < layers; layer++) {
    const block = <T extends tf.Tensor>(name: string): T => parameter<T>(`h.${layer}.${name}`)
    const normalised = (norm: string, weight: tf.Tensor, bias: tf.Tensor) =>
      layerNormLinear(states, block(`${norm}.weight`), block(`${norm}.bias`), weight as tf.Tensor2D, bias as tf.Tensor1D)
    const projected = (x: tf.Tensor2D, name: string) => linear(x, block(`${name}.weight`), block(`${name}.bias`))
    const mixing = normalised("ln_1", tf.mul(block("attn.c_attn.weight"), scale), tf.mul(block("attn.c_attn.bias"), scale))
    const { mixed, cache } = attention(configuration, mixing, batch, length, mask, caches[layer])
    next.push(cache)
    states = tf.add(states, projected(mixed, "attn.c_proj"))
    const widened = normalised("ln_2", block("mlp.c_fc.weight"), block("mlp.c_fc.bias"))
    states = tf.add(states, projected(gelu(widened), "mlp.c_proj"))
  }
  return { states: layerNorm(states, parameter("ln_f.weight"), parameter("ln_f.bias")), caches: next }
}

/** Logits by the tied embedding: `states` [rows, width] → [rows, vocabulary]. */
export const logits = (parameters: NamedTensors, states: tf.Tensor2D): tf.Tensor2D =>
  tf.matMul(states, parameters["transformer.wte.weight"] as tf.Tensor2D, false, true)

const attention = (
  { width, heads }: Configuration,
  projected: tf.Tensor2D,
  batch: number,
  length: number,
  mask: tf.Tensor2D | undefined,
  past: LayerCache | undefined,
): { readonly mixed: tf.Tensor2D; readonly cache: LayerCache } => {
  const size = width / heads
  const split = tf.transpose(tf.reshape(projected, [batch, length, 3, heads, size]), [2, 0, 3, 1, 4])
  const [queries, newKeys, newValues] = tf.unstack(split) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]
  const keys = past === undefined ? newKeys : tf.concat([past.keys, newKeys], 2)
  const values = past === undefined ? newValues : tf.concat([past.values, newValues], 2)
  const scores = tf.matMul(queries, keys, false, true)
  const weights = tf.softmax(mask === undefined ? scores : tf.add(scores, mask))
  const mixed = tf.reshape(tf.transpose(tf.matMul(weights, values), [0, 2, 1, 3]), [batch * length, width]) as tf.Tensor2D
  return { mixed, cache: { keys, values } }
}

/** Attention's 1/√(width / heads), as a factor on the columns of the projection that make queries: [3 · width]. */
const queryScale = ({ width, heads }: Configuration): tf.Tensor1D =>
  tf.tensor1d(Float32Array.from({ length: 3 * width }, (_, column) => (column < width ? Math.sqrt(heads / width) : 1)))

/** −1e9 where a query would see a later key, [length, past + length]; none is needed for a single query. */
const causalMask = (length: number, past: number): tf.Tensor2D | undefined => {
  if (length === 1) return undefined
  const width = past + length
  const entries = Float32Array.from({ length: length * width }, (_, index) => (index % width > past + Math.floor(index / width) ? -1e9 : 0))
  return tf.tensor2d(entries, [length, width])
}
