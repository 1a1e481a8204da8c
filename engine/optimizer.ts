import * as tf from "@tensorflow/tfjs"
import type { NamedTensors } from "./program.ts"

/**
 * Optimisers of TensorFlow.js as functions of values, for use in tensor functions: one of them is made, used for one step and thrown
 * away, and what it would remember (moments, running powers of its decay rates) goes in and comes out as tensors.
 */

/** Makes the optimiser, `() => tf.train.adam(1e-3)` say; always with the same settings. */
export type MakeOptimizer = () => tf.Optimizer

export interface OptimizerStep {
  readonly parameters: NamedTensors
  /** Of the same names as the parameters. */
  readonly gradients: NamedTensors
  /** From `optimizerState`, or from the step before. */
  readonly state: NamedTensors
}

/** What the optimiser remembers before its first step on parameters of these shapes. */
export const optimizerState = (make: MakeOptimizer, parameters: NamedTensors): NamedTensors =>
  withOptimizer(make, parameters, ({ state }) => state())

/** Parameters and memory after one step. */
export const optimizerStep = (
  make: MakeOptimizer,
  { parameters, gradients, state }: OptimizerStep,
): Pick<OptimizerStep, "parameters" | "state"> =>
  withOptimizer(make, parameters, (optimizer) => {
    optimizer.remember(state)
    optimizer.apply(gradients)
    return { parameters: optimizer.parameters(), state: optimizer.state() }
  })

interface Handle {
  readonly parameters: () => NamedTensors
  readonly state: () => NamedTensors
  readonly remember: (state: NamedTensors) => void
  readonly apply: (gradients: NamedTensors) => void
}

const withOptimizer = <T>(make: MakeOptimizer, parameters: NamedTensors, use: (handle: Handle) => T): T => {
  const known = new Set(Object.keys(tf.engine().registeredVariables))
  /** Variables made since then, oldest first: tfjs names them by running numbers, by which JavaScript orders keys. */
  const made = (): ReadonlyArray<tf.Variable> =>
    Object.entries(tf.engine().registeredVariables).flatMap(([name, variable]) => (known.has(name) ? [] : [variable]))
  const optimizer = make()
  const counters = made()
  const counted = counters.map((counter) => tf.clone(counter))
  const variables = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, tf.variable(value)]))
  const apply = (gradients: NamedTensors): void =>
    optimizer.applyGradients(
      Object.entries(variables).map(([name, variable]) => ({ name: variable.name, tensor: gradients[name] as tf.Tensor })),
    )
  // It makes its other variables at its first step. One without gradients leaves them as they start, and only counts on.
  apply({})
  for (const [index, counter] of counters.entries()) counter.assign(counted[index] as tf.Tensor)
  const own = new Set(Object.values(variables))
  const memory = made().filter((variable) => !own.has(variable))
  const read = (all: Readonly<Record<string, tf.Variable>>): NamedTensors =>
    Object.fromEntries(Object.entries(all).map(([name, variable]) => [name, tf.clone(variable)]))
  try {
    return use({
      parameters: () => read(variables),
      state: () => read(Object.fromEntries(memory.map((variable, index) => [`optimizer.${index}`, variable]))),
      remember: (state) => {
        for (const [index, variable] of memory.entries()) variable.assign(state[`optimizer.${index}`] as tf.Tensor)
      },
      apply,
    })
  } finally {
    for (const variable of made()) variable.dispose()
  }
}
