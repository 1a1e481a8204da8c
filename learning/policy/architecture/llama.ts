import * as tf from "@tensorflow/tfjs"
import { type Block, rmsNorm, rotate, swiglu } from "../../../engine/index.ts"
import { asItIs, type Configuration, type HiddenStates, type ModelSizes, type Shapes, startingWith } from "../configuration.ts"
import { type ConfigReader, notAPolicy, unsupportedKey } from "./config-file.ts"
import { linearOf } from "./linear.ts"
import { type Rope, readRope, rotationAt } from "./rope.ts"

/**
 * Llama (Touvron et al. 2023) and what is built like it: pre-norm blocks with RMSNorm, rotary
 * positions, grouped queries and SwiGLU. The families differ in which projections have a bias and
 * in whether queries and keys are normalised.
 */
interface Family {
  readonly modelType: string
  readonly className: string
  /** Whether queries, keys and values have a bias, and what leads back from attention. */
  readonly hasQkvBias: boolean
  readonly hasOutputBias: boolean
  readonly hasFeedForwardBias: boolean
  readonly normalisesQueriesAndKeys: boolean
  /** Where `config.json` does not say it. */
  readonly defaults: { readonly theta: number; readonly epsilon: number; readonly context: number }
  /** What `config.json` says of the biases. */
  readonly config: Readonly<Record<string, unknown>>
}

interface Sizes extends ModelSizes {
  readonly inner: number
  readonly epsilon: number
  readonly isTied: boolean
  readonly rope: Rope
}

export const readLlama = (config: ConfigReader): Configuration => {
  config.require({ pretraining_tp: 1 })
  const attention = config.flag("attention_bias", false)
  const feedForward = config.flag("mlp_bias", false)
  return readFamily(config, {
    modelType: "llama",
    className: "Llama",
    hasQkvBias: attention,
    hasOutputBias: attention,
    hasFeedForwardBias: feedForward,
    normalisesQueriesAndKeys: false,
    defaults: { theta: 10_000, epsilon: 1e-6, context: 2048 },
    config: { attention_bias: attention, mlp_bias: feedForward },
  })
}

export const readMistral = (config: ConfigReader): Configuration => {
  if (config.value("sliding_window") !== undefined) throw config.refused("sliding_window", "null")
  return readFamily(config, {
    ...withoutBias,
    modelType: "mistral",
    className: "Mistral",
    defaults: { theta: 10_000, epsilon: 1e-6, context: 131_072 },
    config: { sliding_window: null },
  })
}

export const readQwen2 = (config: ConfigReader): Configuration => {
  config.require({ use_sliding_window: false })
  return readFamily(config, {
    ...withoutBias,
    modelType: "qwen2",
    className: "Qwen2",
    hasQkvBias: true,
    defaults: { theta: 10_000, epsilon: 1e-6, context: 32_768 },
    config: { use_sliding_window: false },
  })
}

export const readQwen3 = (config: ConfigReader): Configuration => {
  config.require({ use_sliding_window: false })
  const attention = config.flag("attention_bias", false)
  return readFamily(config, {
    ...withoutBias,
    modelType: "qwen3",
    className: "Qwen3",
    hasQkvBias: attention,
    hasOutputBias: attention,
    normalisesQueriesAndKeys: true,
    defaults: { theta: 10_000, epsilon: 1e-6, context: 32_768 },
    config: { use_sliding_window: false, attention_bias: attention },
  })
}

const withoutBias = { hasQkvBias: false, hasOutputBias: false, hasFeedForwardBias: false, normalisesQueriesAndKeys: false } as const

const readFamily = (config: ConfigReader, family: Family): Configuration => {
  const width = config.wholeNumber("width", "hidden_size")
  const heads = config.wholeNumber("count", "num_attention_heads")
  const keyValueHeads = config.wholeNumber("count", "num_key_value_heads", heads)
  if (heads % keyValueHeads !== 0) throw notAPolicy(`num_key_value_heads, ${keyValueHeads}, must divide num_attention_heads, ${heads}`)
  if (config.value("head_dim") === undefined && width % heads !== 0)
    throw notAPolicy(`num_attention_heads, ${heads}, must divide hidden_size, ${width}, where head_dim is not given`)
  const headSize = config.wholeNumber("width", "head_dim", family.normalisesQueriesAndKeys ? 128 : width / heads)
  if (headSize % 2 !== 0) throw unsupportedKey("head_dim", `is ${headSize}, and rotary positions need an even one`)
  config.oneOf("hidden_act", ["silu", "swish"], "silu")
  const layerTypes = config.value("layer_types")
  if (layerTypes !== undefined && !(Array.isArray(layerTypes) && layerTypes.every((type) => type === "full_attention")))
    throw config.refused("layer_types", '"full_attention" in every layer')
  return configurationOf(family, {
    vocabulary: config.wholeNumber("vocabulary", "vocab_size"),
    context: config.wholeNumber("context", "max_position_embeddings", family.defaults.context),
    width,
    inner: config.wholeNumber("width", "intermediate_size"),
    layers: config.wholeNumber("count", "num_hidden_layers"),
    heads,
    keyValueHeads,
    headSize,
    epsilon: config.positive("rms_norm_eps", family.defaults.epsilon),
    isTied: config.flag("tie_word_embeddings", false),
    rope: readRope(config, headSize, family.defaults.theta),
  })
}

const embedding = "model.embed_tokens.weight"
const head = "lm_head.weight"

const configurationOf = (family: Family, sizes: Sizes): Configuration => {
  const { vocabulary, context, width, inner, layers, heads, keyValueHeads, headSize, epsilon, isTied, rope } = sizes
  return {
    vocabulary,
    context,
    width,
    layers,
    heads,
    keyValueHeads,
    headSize,
    shapes: shapesOf(family, sizes),
    isInOut: () => false,
    hiddenStates: hiddenStates(family, sizes),
    output: isTied ? embedding : head,
    classes: { languageModel: `${family.className}ForCausalLM`, classifier: `${family.className}ForSequenceClassification` },
    config: {
      model_type: family.modelType,
      hidden_act: "silu",
      vocab_size: vocabulary,
      max_position_embeddings: context,
      hidden_size: width,
      intermediate_size: inner,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      num_key_value_heads: keyValueHeads,
      head_dim: headSize,
      rms_norm_eps: epsilon,
      ...rope.config,
      ...family.config,
      attention_dropout: 0,
      tie_word_embeddings: isTied,
    },
  }
}

const shapesOf = (family: Family, { vocabulary, width, inner, layers, heads, keyValueHeads, headSize, isTied }: Sizes): Shapes => {
  const shapes: Record<string, ReadonlyArray<number>> = { [embedding]: [vocabulary, width] }
  for (let layer = 0; layer < layers; layer++) {
    const at = (name: string): string => `model.layers.${layer}.${name}`
    const map = (name: string, out: number, input: number, hasBias: boolean): void => {
      shapes[at(`${name}.weight`)] = [out, input]
      if (hasBias) shapes[at(`${name}.bias`)] = [out]
    }
    shapes[at("input_layernorm.weight")] = [width]
    map("self_attn.q_proj", heads * headSize, width, family.hasQkvBias)
    map("self_attn.k_proj", keyValueHeads * headSize, width, family.hasQkvBias)
    map("self_attn.v_proj", keyValueHeads * headSize, width, family.hasQkvBias)
    if (family.normalisesQueriesAndKeys) {
      shapes[at("self_attn.q_norm.weight")] = [headSize]
      shapes[at("self_attn.k_norm.weight")] = [headSize]
    }
    map("self_attn.o_proj", width, heads * headSize, family.hasOutputBias)
    shapes[at("post_attention_layernorm.weight")] = [width]
    map("mlp.gate_proj", inner, width, family.hasFeedForwardBias)
    map("mlp.up_proj", inner, width, family.hasFeedForwardBias)
    map("mlp.down_proj", width, inner, family.hasFeedForwardBias)
  }
  shapes["model.norm.weight"] = [width]
  if (!isTied) shapes[head] = [vocabulary, width]
  return shapes
}

const hiddenStates =
  (family: Family, { layers, headSize, epsilon, rope }: Sizes): HiddenStates =>
  (parameters, { tokens, positions }, attend, asBlock = asItIs) => {
    let states = tf.gather(parameters[embedding] as tf.Tensor2D, tokens) as tf.Tensor2D
    for (let layer = 0; layer < layers; layer++) {
      const prefix = `model.layers.${layer}.`
      const block: Block = (x, given) => {
        const rotation = rotationAt(rope, positions)
        const norm = (rows: tf.Tensor2D, name: string): tf.Tensor2D =>
          rmsNorm(rows, given[`${prefix}${name}.weight`] as tf.Tensor1D, epsilon)
        const map = (rows: tf.Tensor2D, name: string): tf.Tensor2D => linearOf(given, rows, `${prefix}${name}`)
        const ofHeads = (rows: tf.Tensor2D, name: string): tf.Tensor2D =>
          family.normalisesQueriesAndKeys ? (tf.reshape(norm(tf.reshape(rows, [-1, headSize]), name), rows.shape) as tf.Tensor2D) : rows
        const read = norm(x, "input_layernorm")
        const queries = rotate(ofHeads(map(read, "self_attn.q_proj"), "self_attn.q_norm"), headSize, rotation)
        const keys = rotate(ofHeads(map(read, "self_attn.k_proj"), "self_attn.k_norm"), headSize, rotation)
        const projected = tf.concat([queries, keys, map(read, "self_attn.v_proj")], 1)
        const attended = tf.add(x, map(attend(projected, layer), "self_attn.o_proj")) as tf.Tensor2D
        const fed = norm(attended, "post_attention_layernorm")
        return tf.add(attended, map(swiglu(map(fed, "mlp.gate_proj"), map(fed, "mlp.up_proj")), "mlp.down_proj"))
      }
      states = asBlock(block, states, startingWith(parameters, prefix))
    }
    return rmsNorm(states, parameters["model.norm.weight"] as tf.Tensor1D, epsilon)
  }
