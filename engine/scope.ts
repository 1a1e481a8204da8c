import * as tf from "@tensorflow/tfjs"
import { TraceError } from "./error.ts"
import type { NamedTensors, TensorFunction } from "./program.ts"

/**
 * Calls a function of tensors in a scope that ends after `use` and disposes the tensors and
 * variables that the function made. Throws a TraceError if the function is asynchronous, returns
 * anything but tensors, or calls `Math.random`: a traced program would repeat the numbers drawn
 * while tracing, and no run could be reproduced.
 */
export const inScope = <T>(fn: TensorFunction, inputs: () => NamedTensors, use: (outputs: NamedTensors) => T): T => {
  const engine = tf.engine()
  const known = new Set(Object.keys(engine.registeredVariables))
  const random = mathematics.random
  engine.startScope()
  mathematics.random = refuseChance
  try {
    const outputs = checked(fn(inputs()))
    const used = use(outputs)
    // The scope does not dispose what the function passed to tf.keep.
    tf.dispose(Object.values(outputs))
    return used
  } finally {
    mathematics.random = random
    engine.endScope()
    for (const [name, variable] of Object.entries(engine.registeredVariables)) if (!known.has(name)) variable.dispose()
  }
}

/**
 * `Math`, by TensorFlow.js's name for what is global: a stage whose own code names `Math.random` is
 * one that draws from it, and this code is part of every stage that computes tensors.
 */
const { Math: mathematics } = tf.env().global as unknown as typeof globalThis

const refuseChance = (): never => {
  throw new TraceError(
    "Math.random",
    "tensor functions do not draw random numbers; draw them by seed, purpose and index and pass them as an input",
  )
}

const checked = (outputs: unknown): NamedTensors => {
  if (outputs instanceof Promise) throw new TraceError("function", "is asynchronous: return tensors, not a promise")
  const entries = Object.entries(outputs ?? {})
  if (entries.length === 0) throw new TraceError("function", "returns no tensors: return a record of them, by name")
  for (const [name, output] of entries) {
    if (!(output instanceof tf.Tensor)) throw new TraceError("function", `returns ${name}, which is not a tensor`)
  }
  return outputs as NamedTensors
}
