import * as tf from "@tensorflow/tfjs"
import { type Block, layerNorm, type NamedTensors, rotate } from "../../../engine/index.ts"
import { asItIs, type Configuration, type HiddenStates, type ModelSizes, type Shapes, startingWith } from "../configuration.ts"
import { type Activation, activationNames, activations } from "./activation.ts"
import { type ConfigReader, notAPolicy, unsupportedKey } from "./config-file.ts"
import { linearOf } from "./linear.ts"
import { type Rope, readRope, rotationAt } from "./rope.ts"

/**
 * GPT-NeoX (Black et al. 2022), as Pythia is built: LayerNorm, rotary positions in a part of each
 * head, and attention and feed-forward side by side where `use_parallel_residual` says so.
 */
interface Sizes extends Omit<ModelSizes, "keyValueHeads"> {
  readonly inner: number
  readonly epsilon: number
  readonly activation: Activation
  readonly isParallel: boolean
  readonly hasBias: boolean
  readonly isTied: boolean
  readonly rope: Rope
}

export const readGptNeox = (config: ConfigReader): Configuration => {
  const width = config.wholeNumber("width", "hidden_size", 6144)
  const heads = config.wholeNumber("count", "num_attention_heads", 64)
  if (width % heads !== 0) throw notAPolicy(`num_attention_heads, ${heads}, must divide hidden_size, ${width}`)
  const headSize = width / heads
  const part = partialFactor(config)
  const turned = Math.trunc(headSize * part)
  if (turned === 0 || turned % 2 !== 0)
    throw unsupportedKey("rotary_pct", `is ${part}, which turns ${turned} of ${headSize} elements of a head; expected an even number`)
  const rope = readRope(config, turned, config.positive("rotary_emb_base", 10_000))
  const { rope_theta, ...scaling } = rope.config
  return configurationOf(
    {
      vocabulary: config.wholeNumber("vocabulary", "vocab_size", 50_432),
      context: config.wholeNumber("context", "max_position_embeddings", 2048),
      width,
      inner: config.wholeNumber("width", "intermediate_size", 24_576),
      layers: config.wholeNumber("count", "num_hidden_layers", 44),
      heads,
      headSize,
      epsilon: config.positive("layer_norm_eps", 1e-5),
      activation: config.oneOf("hidden_act", activationNames, "gelu"),
      isParallel: config.flag("use_parallel_residual", true),
      hasBias: config.flag("attention_bias", true),
      isTied: config.flag("tie_word_embeddings", false),
      rope,
    },
    { rotary_pct: part, rotary_emb_base: rope_theta, ...scaling },
  )
}

/** Share of a head that is turned; `transformers` 5 keeps it with the other numbers of RoPE. */
const partialFactor = (config: ConfigReader): number => {
  const given = config.value("rope_parameters") as Readonly<Record<string, unknown>> | undefined
  const inner = given?.partial_rotary_factor
  if (typeof inner === "number" && inner > 0 && inner <= 1) return inner
  return config.positive("rotary_pct", 0.25)
}

const embedding = "gpt_neox.embed_in.weight"
const head = "embed_out.weight"

const configurationOf = (sizes: Sizes, rope: Readonly<Record<string, unknown>>): Configuration => {
  const { vocabulary, context, width, inner, layers, heads, headSize, epsilon, activation, isParallel, hasBias, isTied } = sizes
  return {
    vocabulary,
    context,
    width,
    layers,
    heads,
    keyValueHeads: heads,
    headSize,
    shapes: shapesOf(sizes),
    isInOut: () => false,
    hiddenStates: hiddenStates(sizes),
    output: isTied ? embedding : head,
    classes: { languageModel: "GPTNeoXForCausalLM", classifier: "GPTNeoXForSequenceClassification" },
    config: {
      model_type: "gpt_neox",
      hidden_act: activation,
      vocab_size: vocabulary,
      max_position_embeddings: context,
      hidden_size: width,
      intermediate_size: inner,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      layer_norm_eps: epsilon,
      ...rope,
      attention_bias: hasBias,
      attention_dropout: 0,
      hidden_dropout: 0,
      use_parallel_residual: isParallel,
      tie_word_embeddings: isTied,
    },
  }
}

const shapesOf = ({ vocabulary, width, inner, layers, hasBias, isTied }: Sizes): Shapes => {
  const shapes: Record<string, ReadonlyArray<number>> = { [embedding]: [vocabulary, width] }
  const norm = (name: string): void => {
    shapes[`${name}.weight`] = [width]
    shapes[`${name}.bias`] = [width]
  }
  for (let layer = 0; layer < layers; layer++) {
    const at = (name: string): string => `gpt_neox.layers.${layer}.${name}`
    const map = (name: string, out: number, input: number, hasOwnBias: boolean): void => {
      shapes[at(`${name}.weight`)] = [out, input]
      if (hasOwnBias) shapes[at(`${name}.bias`)] = [out]
    }
    norm(at("input_layernorm"))
    norm(at("post_attention_layernorm"))
    map("attention.query_key_value", 3 * width, width, hasBias)
    map("attention.dense", width, width, hasBias)
    map("mlp.dense_h_to_4h", inner, width, true)
    map("mlp.dense_4h_to_h", width, inner, true)
  }
  norm("gpt_neox.final_layer_norm")
  if (!isTied) shapes[head] = [vocabulary, width]
  return shapes
}

const hiddenStates =
  ({ layers, width, heads, headSize, epsilon, activation, isParallel, rope }: Sizes): HiddenStates =>
  (parameters, { tokens, positions }, attend, asBlock = asItIs) => {
    const norm = (named: NamedTensors, x: tf.Tensor2D, name: string): tf.Tensor2D =>
      layerNorm(x, { gain: named[`${name}.weight`] as tf.Tensor1D, bias: named[`${name}.bias`] as tf.Tensor1D }, epsilon)
    let states = tf.gather(parameters[embedding] as tf.Tensor2D, tokens) as tf.Tensor2D
    for (let layer = 0; layer < layers; layer++) {
      const prefix = `gpt_neox.layers.${layer}.`
      const block: Block = (x, given) => {
        const rotation = rotationAt(rope, positions)
        const map = (rows: tf.Tensor2D, name: string): tf.Tensor2D => linearOf(given, rows, `${prefix}${name}`)
        const together = map(norm(given, x, `${prefix}input_layernorm`), "attention.query_key_value")
        // Each head's query, key and value follow each other: here all queries come first.
        const apart = tf.transpose(tf.reshape(together, [-1, heads, 3, headSize]), [2, 0, 1, 3])
        const [queries, keys, values] = tf.unstack(tf.reshape(apart, [3, -1, width])) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]
        const projected = tf.concat([rotate(queries, headSize, rotation), rotate(keys, headSize, rotation), values], 1)
        const attended = tf.add(x, map(attend(projected, layer), "attention.dense")) as tf.Tensor2D
        const fed = norm(given, isParallel ? x : attended, `${prefix}post_attention_layernorm`)
        return tf.add(attended, map(activations[activation](map(fed, "mlp.dense_h_to_4h")), "mlp.dense_4h_to_h"))
      }
      states = asBlock(block, states, startingWith(parameters, prefix))
    }
    return norm(parameters, states, "gpt_neox.final_layer_norm")
  }
