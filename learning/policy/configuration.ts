import { isDeepStrictEqual } from "node:util"
import type * as tf from "@tensorflow/tfjs"
import type { AttentionHeads, Block, NamedTensors } from "../../engine/index.ts"
import type { Adapter } from "./adapter/lora.ts"

/** Shapes of parameters by their names, in the order of the forward pass. */
export type Shapes = Readonly<Record<string, ReadonlyArray<number>>>

/** Tokens and where each stands in its sequence, both int32 [rows], in any order. */
export interface PlacedTokens {
  readonly tokens: tf.Tensor1D
  readonly positions: tf.Tensor1D
}

/**
 * Attention in a layer, whichever tokens attend to which: from queries, keys and values side by
 * side, [rows, (heads + 2 · keyValueHeads) · headSize], to [rows, heads · headSize].
 */
export type Attend = (projected: tf.Tensor2D, layer: number) => tf.Tensor2D

/**
 * How a block of layers is computed: as it is, or so that its gradient computes it again
 * (`recomputed`). The parameters that it reads are all in `given`.
 */
export type AsBlock = (block: Block, x: tf.Tensor2D, given: NamedTensors) => tf.Tensor2D

/** As it is. */
export const asItIs: AsBlock = (block, x, given) => block(x, given)

/**
 * The hidden states after the last normalisation, by the attention that is given. Every row is a
 * token of some sequence → [rows, width]. Each layer is a block; a model that ignores `asBlock`
 * computes the same and keeps more in memory.
 */
export type HiddenStates = (parameters: NamedTensors, placed: PlacedTokens, attend: Attend, asBlock?: AsBlock) => tf.Tensor2D

/** The parameters whose names begin so. */
export const startingWith = (parameters: NamedTensors, prefix: string): NamedTensors =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => name.startsWith(prefix)))

/** The sizes that every language model has. */
export interface ModelSizes extends AttentionHeads {
  /** Number of logits. */
  readonly vocabulary: number
  /** Longest sequence, in tokens. */
  readonly context: number
  readonly width: number
  readonly layers: number
  /** Elements of a head's query, key and value. */
  readonly headSize: number
}

/** A language model without its weights: its sizes, and what it computes. */
export interface Configuration extends ModelSizes {
  /**
   * Tokens that the tokenizer knows, where that is fewer than `vocabulary`: what follows is
   * padding, as models are given so that sizes divide well. A padded token is never drawn. It stays
   * in the normaliser of every log-probability, as in `transformers` and TRL, so that these are the
   * same numbers there.
   */
  readonly tokens?: number
  /** Of all parameters, by their names in `transformers`; of adapters by those in PEFT. */
  readonly shapes: Shapes
  /** Its adapters, where it has some: they alone are trained. */
  readonly adapter?: Adapter
  /** The model without them. */
  readonly base?: Configuration
  /**
   * Whether a parameter of this name is the matrix of a linear map, [in, out], as GPT-2's Conv1D
   * has it; other matrices are [out, in].
   */
  readonly isInOut: (name: string) => boolean
  readonly hiddenStates: HiddenStates
  /** Name of the matrix [vocabulary, width] whose product with a hidden state are logits. */
  readonly output: string
  /** The classes of `transformers` that open it, alone and under a score. */
  readonly classes: { readonly languageModel: string; readonly classifier: string }
  /** What `config.json` says of it, but for the classes, special tokens and the type of weights. */
  readonly config: Readonly<Record<string, unknown>>
}

/** Whether weights of the one are weights of the other, and mean the same, but for adapters. */
export const isSameModel = (one: Configuration, other: Configuration): boolean =>
  isDeepStrictEqual([one.config, one.tokens], [other.config, other.tokens])

/** The sizes of policy that `sft` and `preferenceModel` can train from nothing. */
export const sizes = {
  small: { width: 64, layers: 2, heads: 2 },
  medium: { width: 128, layers: 4, heads: 4 },
  large: { width: 256, layers: 6, heads: 8 },
} as const

/** The name of one of them. */
export type Size = keyof typeof sizes
