import * as tf from "@tensorflow/tfjs"
import type { AsBlock, Configuration } from "../policy/configuration.ts"
import { sequenceLogProbability } from "../policy/sequence.ts"
import type { Objective } from "../trainer/objective.ts"

/** Mean negative log-likelihood of the responses' tokens in packed sequences, in nats a token. */
export const crossEntropy =
  (configuration: Configuration, asBlock?: AsBlock): Objective =>
  (parameters, packed) => ({
    loss: tf.neg(tf.div(tf.sum(sequenceLogProbability(configuration, parameters, packed, asBlock)), tf.sum(packed.weights as tf.Tensor))),
  })
