import * as tf from "@tensorflow/tfjs"
import type { Configuration } from "../policy/configuration.ts"
import { sequenceLogProbability } from "../policy/sequence.ts"
import type { Objective } from "../trainer/objective.ts"

/** Mean negative log-likelihood of the responses' tokens in packed sequences, in nats a token. */
export const crossEntropy =
  (configuration: Configuration): Objective =>
  (parameters, packed) => ({
    loss: tf.neg(tf.div(tf.sum(sequenceLogProbability(configuration, parameters, packed)), tf.sum(packed.weights as tf.Tensor))),
  })
