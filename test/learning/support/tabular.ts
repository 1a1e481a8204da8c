import * as tf from "@tensorflow/tfjs"
import type { PairLoss } from "../../../learning/objective/loss.ts"
import { preferenceObjective } from "../../../learning/objective/preference-objective.ts"
import { Learner } from "../../../learning/trainer/learner.ts"
import type { Objective } from "../../../learning/trainer/objective.ts"
import { oneThread } from "./stage.ts"

/** Pairs of responses by their numbers, with their weights. */
export interface TabularPairs {
  readonly chosen: Int32Array
  readonly rejected: Int32Array
  readonly weight: Float32Array
}

/**
 * A policy over a few hundred responses to one prompt is a logit for each; all else is what
 * transformers are trained by.
 */
export const tabularObjective =
  (loss: PairLoss): Objective =>
  ({ logits }, { chosen, rejected, reference, weight }) => {
    const responses = tf.concat([chosen as tf.Tensor1D, rejected as tf.Tensor1D])
    const logp = tf.reshape(tf.logSoftmax(tf.reshape(logits as tf.Tensor1D, [1, -1]), 1), [-1])
    return preferenceObjective(loss, {
      logp: tf.gather(logp, responses) as tf.Tensor1D,
      reference: tf.gather(reference as tf.Tensor1D, responses) as tf.Tensor1D,
      tokens: tf.onesLike(tf.gather(logp, responses)) as tf.Tensor1D,
      weight: weight as tf.Tensor1D,
    })
  }

export const tabularSpecs = (responses: number, pairs: number) =>
  ({
    chosen: { shape: [pairs], dtype: "int32" },
    rejected: { shape: [pairs], dtype: "int32" },
    weight: { shape: [pairs], dtype: "float32" },
    reference: { shape: [responses], dtype: "float32" },
  }) as const

/** A tabular policy in training, by Assay's own optimiser, from its reference or from elsewhere. */
export class TabularLearner {
  readonly #reference: Float32Array
  readonly #learner: Learner

  constructor(reference: ReadonlyArray<number>, loss: PairLoss, initial = reference) {
    this.#reference = Float32Array.from(reference, Math.log)
    const logits = Float32Array.from(initial, Math.log)
    this.#learner = new Learner({ logits: [reference.length] }, { logits }, tabularObjective(loss), oneThread)
  }

  async step(pairs: TabularPairs, learningRate: number): Promise<void> {
    const specs = tabularSpecs(this.#reference.length, pairs.weight.length)
    await this.#learner.step({ ...pairs, reference: this.#reference }, specs, learningRate)
  }

  /** π, in double precision from the logits on. */
  get policy(): ReadonlyArray<number> {
    return softmax([...(this.#learner.parameters.logits as Float32Array)])
  }
}

export const softmax = (logits: ReadonlyArray<number>): ReadonlyArray<number> => {
  const highest = Math.max(...logits)
  const scores = logits.map((logit) => Math.exp(logit - highest))
  const total = sum(scores)
  return scores.map((score) => score / total)
}

export const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)

/** Σ p log(p/q), nats. */
export const divergence = (p: ReadonlyArray<number>, q: ReadonlyArray<number>): number =>
  sum(p.map((value, index) => (value === 0 ? 0 : value * Math.log(value / (q[index] as number)))))

/** P(y ≻ y′) by numbers of responses; of a response and itself, ½. */
export type Preference = (one: number, other: number) => number

/** Of two responses in a strict order, the one with the higher number. */
export const byRank: Preference = (one, other) => (one > other ? 1 : one < other ? 0 : 0.5)

/** The probability that a response of each number beats one of a policy. */
export const winsOver = (policy: ReadonlyArray<number>, prefers: Preference): ReadonlyArray<number> =>
  policy.map((_, one) => sum(policy.map((probability, other) => probability * prefers(one, other))))

/** The probability that one policy beats another. */
export const winRate = (one: ReadonlyArray<number>, other: ReadonlyArray<number>, prefers: Preference): number =>
  sum(winsOver(other, prefers).map((win, index) => win * (one[index] as number)))

/**
 * Every pair of two different responses of `size` that can be labelled so; given a policy, each is
 * weighted by how often two draws from it are that pair with that label.
 */
export const expectation = (size: number, prefers: Preference): ((policy: ReadonlyArray<number>) => TabularPairs) => {
  const all = Array.from({ length: size ** 2 }, (_, index) => [Math.floor(index / size), index % size] as const)
  const possible = all.filter(([one, other]) => one !== other && prefers(one, other) > 0)
  const chosen = Int32Array.from(possible, ([one]) => one)
  const rejected = Int32Array.from(possible, ([, other]) => other)
  const odds = Float64Array.from(possible, ([one, other]) => 2 * prefers(one, other))
  return (policy) => {
    const weight = Float32Array.from(odds, (odd, pair) => odd * at(policy, chosen[pair]) * at(policy, rejected[pair]))
    return { chosen, rejected, weight }
  }
}

const at = (values: ReadonlyArray<number>, index: number | undefined): number => values[index as number] as number
