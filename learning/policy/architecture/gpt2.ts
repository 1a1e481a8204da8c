import * as tf from "@tensorflow/tfjs"
import { type Block, feedForward, foldLayerNorm, layerNorm, layerNormLinear, linear } from "../../../engine/index.ts"
import { asItIs, type Configuration, type HiddenStates, type Shapes, startingWith } from "../configuration.ts"
import { type Activation, activationNames, activations } from "./activation.ts"
import { type ConfigReader, notAPolicy } from "./config-file.ts"
import { isAdapted, withAdapter } from "./linear.ts"

/** What makes one GPT-2 (Radford et al. 2019) different from another. */
export interface Gpt2Sizes {
  readonly vocabulary: number
  readonly context: number
  readonly width: number
  readonly layers: number
  readonly heads: number
  /** Width of the feed-forward layers; 4 · width by default. */
  readonly inner?: number
  readonly activation?: Activation
  readonly epsilon?: number
  /** Whether the output layer is the token embedding, as it is by default. */
  readonly isTied?: boolean
}

type Sizes = Required<Gpt2Sizes>

const embedding = "transformer.wte.weight"
const head = "lm_head.weight"

/**
 * A GPT-2 of these sizes: pre-norm blocks, learned positions and, by default, a tied output layer.
 */
export const gpt2 = (given: Gpt2Sizes): Configuration => {
  const sizes: Sizes = { inner: 4 * given.width, activation: "gelu_new", epsilon: 1e-5, isTied: true, ...given }
  const { vocabulary, context, width, layers, heads, inner, activation, epsilon, isTied } = sizes
  return {
    vocabulary,
    context,
    width,
    layers,
    heads,
    keyValueHeads: heads,
    headSize: width / heads,
    shapes: shapesOf(sizes),
    isInOut: (name) => /\.c_(attn|fc|proj)\.weight$/.test(name),
    hiddenStates: hiddenStates(sizes),
    output: isTied ? embedding : head,
    classes: { languageModel: "GPT2LMHeadModel", classifier: "GPT2ForSequenceClassification" },
    config: {
      model_type: "gpt2",
      activation_function: activation,
      vocab_size: vocabulary,
      n_positions: context,
      n_embd: width,
      n_layer: layers,
      n_head: heads,
      ...(inner === 4 * width ? {} : { n_inner: inner }),
      layer_norm_epsilon: epsilon,
      resid_pdrop: 0,
      embd_pdrop: 0,
      attn_pdrop: 0,
      tie_word_embeddings: isTied,
    },
  }
}

export const readGpt2 = (config: ConfigReader): Configuration => {
  config.require({ scale_attn_weights: true, scale_attn_by_inverse_layer_idx: false, add_cross_attention: false })
  const width = config.wholeNumber("width", "n_embd")
  const heads = config.wholeNumber("count", "n_head")
  if (width % heads !== 0) throw notAPolicy(`n_head, ${heads}, must divide n_embd, ${width}`)
  return gpt2({
    vocabulary: config.wholeNumber("vocabulary", "vocab_size"),
    context: config.wholeNumber("context", "n_positions"),
    width,
    layers: config.wholeNumber("count", "n_layer"),
    heads,
    inner: config.wholeNumber("width", "n_inner", 4 * width),
    activation: config.oneOf("activation_function", activationNames, "gelu_new"),
    epsilon: config.positive("layer_norm_epsilon", 1e-5),
    isTied: config.flag("tie_word_embeddings", true),
  })
}

const shapesOf = ({ vocabulary, context, width, layers, inner, isTied }: Sizes): Shapes => {
  const shapes: Record<string, ReadonlyArray<number>> = {
    [embedding]: [vocabulary, width],
    "transformer.wpe.weight": [context, width],
  }
  for (let layer = 0; layer < layers; layer++) {
    const block = `transformer.h.${layer}`
    shapes[`${block}.ln_1.weight`] = [width]
    shapes[`${block}.ln_1.bias`] = [width]
    shapes[`${block}.attn.c_attn.weight`] = [width, 3 * width]
    shapes[`${block}.attn.c_attn.bias`] = [3 * width]
    shapes[`${block}.attn.c_proj.weight`] = [width, width]
    shapes[`${block}.attn.c_proj.bias`] = [width]
    shapes[`${block}.ln_2.weight`] = [width]
    shapes[`${block}.ln_2.bias`] = [width]
    shapes[`${block}.mlp.c_fc.weight`] = [width, inner]
    shapes[`${block}.mlp.c_fc.bias`] = [inner]
    shapes[`${block}.mlp.c_proj.weight`] = [inner, width]
    shapes[`${block}.mlp.c_proj.bias`] = [width]
  }
  shapes["transformer.ln_f.weight"] = [width]
  shapes["transformer.ln_f.bias"] = [width]
  if (!isTied) shapes[head] = [vocabulary, width]
  return shapes
}

const hiddenStates =
  ({ layers, epsilon, activation }: Sizes): HiddenStates =>
  (parameters, { tokens, positions }, attend, asBlock = asItIs) => {
    const parameter = <T extends tf.Tensor>(name: string): T => parameters[`transformer.${name}`] as T
    let states = tf.add(tf.gather(parameter("wte.weight"), tokens), tf.gather(parameter("wpe.weight"), positions)) as tf.Tensor2D
    for (let layer = 0; layer < layers; layer++) {
      const prefix = `transformer.h.${layer}.`
      const block: Block = (x, given) => {
        const own = <T extends tf.Tensor>(name: string): T => given[`${prefix}${name}`] as T
        const norm = (name: string) => ({ gain: own<tf.Tensor1D>(`${name}.weight`), bias: own<tf.Tensor1D>(`${name}.bias`) })
        const map = (name: string) => ({ weight: own<tf.Tensor2D>(`${name}.weight`), bias: own<tf.Tensor1D>(`${name}.bias`) })
        /** A linear map as it is written, with its adapter, where it has one. */
        const apply = (rows: tf.Tensor2D, name: string): tf.Tensor2D => {
          const { weight, bias } = map(name)
          return withAdapter(given, { x: rows, name: `${prefix}${name}`, product: linear(rows, weight, bias) })
        }
        const isPlain = (...names: ReadonlyArray<string>) => !names.some((name) => isAdapted(given, `${prefix}${name}`))
        const projected = isPlain("attn.c_attn")
          ? layerNormLinear(x, norm("ln_1"), map("attn.c_attn"), epsilon)
          : apply(layerNorm(x, norm("ln_1"), epsilon), "attn.c_attn")
        const attended = tf.add(x, apply(attend(projected, layer), "attn.c_proj")) as tf.Tensor2D
        const isFused = isPlain("mlp.c_fc", "mlp.c_proj") && activations[activation] === activations.gelu_new
        const fused = (): tf.Tensor2D => {
          const folded = foldLayerNorm(attended, norm("ln_2"), map("mlp.c_fc"), epsilon)
          const { weight: outWeight, bias: outBias } = map("mlp.c_proj")
          return feedForward(folded.x, { weight: folded.weight, bias: folded.bias, outWeight, outBias })
        }
        const apart = (): tf.Tensor2D =>
          apply(activations[activation](apply(layerNorm(attended, norm("ln_2"), epsilon), "mlp.c_fc")), "mlp.c_proj")
        return tf.add(attended, isFused ? fused() : apart())
      }
      states = asBlock(block, states, startingWith(parameters, prefix))
    }
    return layerNorm(states, { gain: parameter("ln_f.weight"), bias: parameter("ln_f.bias") }, epsilon)
  }
