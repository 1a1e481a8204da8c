import * as tf from "@tensorflow/tfjs"
import type { Sequence } from "./packing.ts"
import { chosenSequence, type FittedPair, fitPair, rejectedSequence, type TokenPair } from "./token-pair.ts"

/*
 * How pairs lie in a batch of rows: the first side of every pair in the first half, the second side
 * in the second half, both in the order of the pairs. For a policy the sides are the chosen and the
 * rejected response. No other module knows this layout.
 */

/** The rows of a batch, from the first and from the second side of each pair. */
export const stackSides = <T>(first: ReadonlyArray<T>, second: ReadonlyArray<T>): ReadonlyArray<T> => [...first, ...second]

/** What was computed for each row, by side: `values` [2 · pairs] → two of [pairs]. */
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

/** Pairs as a learner reads them: cut to its context, and laid out as rows. */
export class PairBatch {
  readonly pairs: ReadonlyArray<FittedPair>

  constructor(pairs: ReadonlyArray<TokenPair>, context: number) {
    this.pairs = pairs.map((pair) => fitPair(pair, context))
  }

  /** Chosen and rejected responses in their contexts, [2 · pairs]. */
  get rows(): ReadonlyArray<Sequence> {
    return stackSides(this.pairs.map(chosenSequence), this.pairs.map(rejectedSequence))
  }

  /** How much each pair counts, [pairs]. */
  get weights(): Float32Array {
    return Float32Array.from(this.pairs, ({ weight }) => weight)
  }

  /** Pairs that have a weight. */
  get useful(): number {
    return this.pairs.filter(({ weight }) => weight > 0).length
  }
}
