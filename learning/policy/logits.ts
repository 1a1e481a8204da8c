import * as tf from "@tensorflow/tfjs"
import type { NamedTensors } from "../../engine/index.ts"
import type { Configuration } from "./configuration.ts"

/** The matrix of the output layer, [vocabulary, width]. */
export const outputMatrix = ({ output }: Configuration, parameters: NamedTensors): tf.Tensor2D => parameters[output] as tf.Tensor2D

/** Logits of `hiddenStates` [rows, width] → [rows, vocabulary]. */
export const logits = (configuration: Configuration, parameters: NamedTensors, hiddenStates: tf.Tensor2D): tf.Tensor2D =>
  tf.matMul(hiddenStates, outputMatrix(configuration, parameters), false, true)
