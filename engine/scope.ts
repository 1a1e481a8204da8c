import * as tf from "@tensorflow/tfjs"
import { TraceError } from "./error.ts"
import type { NamedTensors, TensorFunction } from "./program.ts"

/**
 * Calls a function of tensors in a scope of its own, which ends with `use`: tensors and variables that the function makes go then.
 * Throws a TraceError where it is asynchronous, answers with anything but tensors, or draws from `Math.random`: a program would keep
 * what was drawn once for ever, and no run could be repeated.
 */
export const inScope = <T>(fn: TensorFunction, inputs: () => NamedTensors, use: (outputs: NamedTensors) => T): T => {
  const engine = tf.engine()
  const known = new Set(Object.keys(engine.registeredVariables))
  const random = Math.random
  engine.startScope()
  Math.random = refuseChance
  try {
    const outputs = checked(fn(inputs()))
    const used = use(outputs)
    // The scope does not end what the function kept.
    tf.dispose(Object.values(outputs))
    return used
  } finally {
    Math.random = random
    engine.endScope()
    for (const [name, variable] of Object.entries(engine.registeredVariables)) if (!known.has(name)) variable.dispose()
  }
}

const refuseChance = (): never => {
  throw new TraceError("Math.random", "tensor functions do not draw random numbers; draw them with engine/random and pass them as an input")
}

const checked = (outputs: unknown): NamedTensors => {
  if (outputs instanceof Promise) throw new TraceError("function", "is asynchronous, and programs are made at once; return tensors")
  const entries = Object.entries(outputs ?? {})
  if (entries.length === 0) throw new TraceError("function", "returns nothing; return tensors by name")
  for (const [name, output] of entries) {
    if (!(output instanceof tf.Tensor)) throw new TraceError("function", `returns ${name}, which is no tensor`)
  }
  return outputs as NamedTensors
}
