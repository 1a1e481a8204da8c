import { permutation } from "../../../engine/random/philox.ts"
import { places } from "./features.ts"

/**
 * What is to be told apart: features that speak for `positive` and, in a comparison, the other's,
 * which speak against.
 */
export interface Example {
  readonly for: Int32Array
  /** Empty where a text is classified by itself. */
  readonly against: Int32Array
  /** Which of the two outcomes was observed: +1 or −1; 0 is a tie, half of each. */
  readonly outcome: 1 | 0 | -1
}

/** Weights of hashed features and a bias, in nats of log-odds. */
export interface LinearModel {
  readonly weights: Float32Array
  readonly bias: number
}

export interface Fit {
  readonly seed: number
  readonly epochs: number
  readonly learningRate: number
}

/**
 * Fits log-odds = w·(φ(for) − φ(against)) + b by the logistic loss, an example at a time, with
 * AdaGrad (Duchi et al. 2011). Of comparisons this is the model of Bradley and Terry (1952) with
 * linear scores, whose bias cancels: `withBias` is for classifiers. A tie is half a win of each
 * side: it pulls their scores together.
 */
export const fitLinear = (examples: ReadonlyArray<Example>, { seed, epochs, learningRate }: Fit, withBias: boolean): LinearModel => {
  const weights = new Float64Array(places)
  const squares = new Float64Array(places)
  let bias = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const index of permutation(examples.length, seed, "linear examples", epoch)) {
      const example = examples[index] as Example
      const odds = sumAt(weights, example.for) - sumAt(weights, example.against) + bias
      const pull = pullOf(example.outcome, odds)
      step(weights, squares, example.for, pull, learningRate)
      step(weights, squares, example.against, -pull, learningRate)
      if (withBias) bias += (learningRate * pull) / Math.sqrt(examples.length)
    }
  }
  return { weights: Float32Array.from(weights), bias }
}

/** How far the log-odds are to rise: the outcome as a probability, less σ(odds). */
const pullOf = (outcome: Example["outcome"], odds: number): number =>
  outcome === 0 ? -Math.tanh(odds / 2) / 2 : outcome / (1 + Math.exp(outcome * odds))

/** The log-odds that features speak for. */
export const scoreOf = ({ weights, bias }: LinearModel, features: Int32Array): number => sumAt(weights, features) + bias

const sumAt = (weights: Float32Array | Float64Array, features: Int32Array): number => {
  let sum = 0
  for (let index = 0; index < features.length; index++) sum += weights[features[index] as number] as number
  return sum
}

const step = (weights: Float64Array, squares: Float64Array, features: Int32Array, pull: number, learningRate: number): void => {
  for (let index = 0; index < features.length; index++) {
    const place = features[index] as number
    squares[place] = (squares[place] as number) + pull * pull
    weights[place] = (weights[place] as number) + (learningRate * pull) / Math.sqrt((squares[place] as number) + 1e-8)
  }
}
