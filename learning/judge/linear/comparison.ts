import type { FeatureSet } from "./feature-set.ts"
import { featuresOf } from "./features.ts"
import { type Example, fitLinear, type LinearModel, scoreOf } from "./model.ts"

/** Two responses, of which the chosen one is the better, unless they tie. */
export interface Comparison {
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
  /** Whether neither is. */
  readonly tie?: boolean
}

/** The features of each response, of which those to one prompt share the chosen one's. */
export const examplesOf = (features: FeatureSet, pairs: ReadonlyArray<Comparison>): ReadonlyArray<Example> => {
  let last: { readonly prompt: string; readonly chosen: string; readonly places: Int32Array } | undefined
  return pairs.map(({ prompt, chosen, rejected, tie = false }) => {
    if (last?.prompt !== prompt || last.chosen !== chosen) last = { prompt, chosen, places: featuresOf(features, prompt, chosen) }
    return { for: last.places, against: featuresOf(features, prompt, rejected), outcome: tie ? 0 : 1 }
  })
}

/**
 * How many of the pairs that are not ties have the chosen response scored higher: an equal score is
 * half a pair.
 */
export const accuracyOf = (model: LinearModel, features: FeatureSet, pairs: ReadonlyArray<Comparison>): number => {
  const right = examplesOf(features, pairs).map(({ for: chosen, against }) => scoreOf(model, chosen) - scoreOf(model, against))
  return right.reduce((sum, margin) => sum + (margin > 0 ? 1 : margin < 0 ? 0 : 0.5), 0) / pairs.length
}

/**
 * What every learned judge is held against: a bag of words and neighbours, fitted to the same
 * comparisons.
 */
export const bagBaseline = (pairs: ReadonlyArray<Comparison>): LinearModel =>
  fitLinear(examplesOf("bag", pairs), { seed: 0, epochs: 3, learningRate: 0.1 }, false)
