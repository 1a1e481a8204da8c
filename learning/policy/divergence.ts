import * as tf from "@tensorflow/tfjs"
import {
  compile,
  type EngineSetting,
  logSoftmax,
  mapRowChunks,
  type NamedTensors,
  type Program,
  pick,
  type TensorSpecs,
} from "../../engine/index.ts"
import type { Configuration } from "./configuration.ts"
import { logits } from "./logits.ts"
import { computePredictions, sumByRow } from "./sequence.ts"
import { parameterSpecs } from "./specs.ts"

/** The models that are compared: of one tokenizer. */
export interface Compared {
  readonly policy: Configuration
  readonly reference: Configuration
}

/**
 * Compiles a program that compares a policy with its reference on given responses: packed
 * sequences, parameters under `policy/…` and `reference/…` →
 * - `kl` [rows]: KL(π‖π_ref) in nats, the exact categorical divergence at every position of the
 *   response, summed. Averaged over the policy's own samples it is the Rao–Blackwellised estimate
 *   of the sequence-level divergence (Amini et al. 2025).
 * - `ratios` [predictions]: log π/π_ref of each of the responses' tokens, nats, as packed. On the
 *   policy's own samples, their sum over a response is the estimate k1 of the divergence.
 * - `k3` [rows]: the estimate e^−ρ − 1 + ρ with ρ = log π/π_ref of each token, summed, nats
 *   (Schulman 2020, "Approximating KL divergence").
 * - `reference` [rows]: log π_ref(response), nats.
 */
export const compileDivergence = (models: Compared, specs: TensorSpecs, setting: EngineSetting): Promise<Program> => {
  const divergence = (inputs: NamedTensors): NamedTensors => {
    const [policy, reference] = [under(inputs, "policy/"), under(inputs, "reference/")]
    const { hiddenStates, targets } = computePredictions(models.policy, policy, inputs)
    const { hiddenStates: referenceStates } = computePredictions(models.reference, reference, inputs)
    const [exact, picked, referencePicked] = mapRowChunks([hiddenStates, referenceStates, targets], (policyRows, referenceRows, tokens) => {
      const side = (configuration: Configuration, parameters: NamedTensors, rows: tf.Tensor2D) => {
        const all = logSoftmax(logits(configuration, parameters, rows))
        return { all, picked: pick(all, tokens) }
      }
      const [ofPolicy, ofReference] = [side(models.policy, policy, policyRows), side(models.reference, reference, referenceRows)]
      const divergences = tf.sum(tf.mul(tf.exp(ofPolicy.all), tf.sub(ofPolicy.all, ofReference.all)), 1) as tf.Tensor1D
      return [divergences, ofPolicy.picked, ofReference.picked] as const
    })
    const ratios: tf.Tensor1D = tf.sub(picked, referencePicked)
    const k3: tf.Tensor1D = tf.add(tf.sub(tf.exp(tf.neg(ratios)), 1), ratios)
    const sumRows = (values: tf.Tensor1D) => sumByRow(values, inputs)
    return { kl: sumRows(exact), ratios, k3: sumRows(k3), reference: sumRows(referencePicked) }
  }
  const parameters = Object.entries(models).flatMap(([side, configuration]: [string, Configuration]) =>
    Object.entries(parameterSpecs(configuration)).map(([name, spec]) => [`${side}/${name}`, spec] as const),
  )
  return compile(divergence, { ...specs, ...Object.fromEntries(parameters) }, setting)
}

const under = (parameters: NamedTensors, prefix: string): NamedTensors =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, tensor]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [])),
  )
