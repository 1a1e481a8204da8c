import * as tf from "@tensorflow/tfjs"
import type { NamedValues, TensorSpecs } from "../../engine/index.ts"
import { type Packed, packSequences, type Sequence } from "./packing.ts"
import { chosenSequence, type FittedPair, fitPair, rejectedSequence, type TokenPair } from "./token-pair.ts"

/*
 * How pairs lie in a batch of rows: the first side of every pair in the first half, the second side
 * in the second half, both in the order of the pairs. For a policy the sides are the chosen and the
 * rejected response. No other module knows this layout.
 */

/** The rows of a batch, from the first and from the second side of each pair. */
export const stackSides = <T>(first: ReadonlyArray<T>, second: ReadonlyArray<T>): ReadonlyArray<T> => [...first, ...second]

/**
 * What was computed for each row of a batch of pairs, by side: `values` [2 · pairs] → two of
 * [pairs]. In a `PairBatch` the first is that of the chosen, the second that of the rejected
 * responses.
 */
export const splitSides = (values: tf.Tensor): readonly [first: tf.Tensor1D, second: tf.Tensor1D] => {
  const pairs = (values.shape[0] as number) / 2
  const side = (start: number) => tf.slice(values, [start], [pairs]) as tf.Tensor1D
  return [side(0), side(pairs)]
}

/** The same of one pair of a batch, outside of programs. */
export const sidesOf = (values: ArrayLike<number>, pair: number): readonly [first: number, second: number] => [
  values[pair] as number,
  values[pair + values.length / 2] as number,
]

/** Numbers of pairs that a batch may be packed as: a program is compiled for each. */
const sizesPerBatch = 8

/**
 * Pairs as a learner reads them: cut to its context, and packed as the inputs of a program. Those
 * are the inputs of `packSequences`, two rows a pair, and `weight`, float32 [pairs]. Pairs without
 * a weight teach nothing, and are packed only to round the number of the others up to eighths of
 * the batch.
 */
export class PairBatch implements Packed {
  /** All pairs, those that are not packed among them. */
  readonly pairs: ReadonlyArray<FittedPair>
  readonly specs: TensorSpecs
  readonly values: NamedValues
  /** Those that are, in the order of their rows. */
  readonly packed: ReadonlyArray<FittedPair>

  constructor(pairs: ReadonlyArray<TokenPair>, context: number) {
    this.pairs = pairs.map((pair) => fitPair(pair, context))
    this.packed = leaveOutTies(this.pairs)
    const { specs, values } = packSequences(this.rows, context)
    this.specs = { ...specs, weight: { shape: [this.packed.length], dtype: "float32" } }
    this.values = { ...values, weight: Float32Array.from(this.packed, ({ weight }) => weight) }
  }

  /** Chosen and rejected responses in their contexts, [2 · pairs]. */
  get rows(): ReadonlyArray<Sequence> {
    return stackSides(this.packed.map(chosenSequence), this.packed.map(rejectedSequence))
  }

  /** Pairs that have a weight. */
  get useful(): number {
    return this.pairs.filter(({ weight }) => weight > 0).length
  }
}

/** All pairs with a weight, in order, and the first of the others that round their number up. */
const leaveOutTies = <Pair extends TokenPair>(pairs: ReadonlyArray<Pair>): ReadonlyArray<Pair> => {
  const step = Math.ceil(pairs.length / sizesPerBatch)
  const useful = pairs.filter(({ weight }) => weight > 0).length
  let ties = step * Math.ceil(Math.max(1, useful) / step) - useful
  return pairs.filter(({ weight }) => weight > 0 || ties-- > 0)
}
