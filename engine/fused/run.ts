import * as tf from "@tensorflow/tfjs"

/** Runs a kernel that only the tracing backend has, or the plain operations that define it. */
export const runFused = <T extends tf.Tensor | Array<tf.Tensor>>(
  kernel: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, number | boolean | string>,
  definition: () => T,
): T => (tf.getKernel(kernel, tf.getBackend()) === undefined ? definition() : (tf.engine().runKernel(kernel, inputs, attributes) as T))
