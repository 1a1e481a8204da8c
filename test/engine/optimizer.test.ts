import * as tf from "@tensorflow/tfjs"
import { describe, expect, test } from "vitest"
import {
  compile,
  type EngineSetting,
  type MakeOptimizer,
  type NamedTensors,
  type NamedValues,
  optimizerState,
  optimizerStep,
  type Values,
} from "../../engine/index.ts"
import { normals } from "../../engine/random/philox.ts"

const settings = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.05, 0.9),
  nesterov: () => tf.train.momentum(0.05, 0.9, true),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.5),
  adam: () => tf.train.adam(0.05),
  adamax: () => tf.train.adamax(0.05, 0.9, 0.999, 1e-7, 0.01),
  rmsprop: () => tf.train.rmsprop(0.01, 0.9, 0.5),
  "centred rmsprop": () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-10, true),
} as const satisfies Record<string, MakeOptimizer>

const shapes = { weight: [4, 3], bias: [3], scale: [] } as const
const names = Object.keys(shapes) as ReadonlyArray<keyof typeof shapes>
const steps = 6

const initial = Object.fromEntries(
  names.map((name) => [name, normals(1, name, 0, new Float32Array(shapes[name].reduce((product: number, axis) => product * axis, 1)))]),
)
const batch = (step: number): Values => normals(2, "batch", step, new Float32Array(20))

const loss = ({ weight, bias, scale }: NamedTensors, x: tf.Tensor): tf.Scalar => {
  const output = tf.mul(tf.tanh(tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D), bias as tf.Tensor1D)), scale as tf.Scalar)
  return tf.mean(tf.square(tf.sub(output, 0.5)))
}

/** As a program of TensorFlow.js would do it. */
const withVariables = (make: MakeOptimizer): NamedValues => {
  const variables = Object.fromEntries(names.map((name) => [name, tf.variable(tf.tensor(initial[name] as Values, [...shapes[name]]))]))
  const optimizer = make()
  for (let step = 0; step < steps; step++) {
    optimizer.minimize(() => loss(variables, tf.tensor2d(batch(step) as Float32Array, [5, 4])), false, Object.values(variables))
  }
  const values = Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, variable.dataSync() as Values]))
  tf.dispose(variables)
  optimizer.dispose()
  return values
}

const specs = Object.fromEntries(names.map((name) => [name, { shape: shapes[name], dtype: "float32" }] as const))

const gradientsOf = (parameters: NamedTensors, x: tf.Tensor): NamedTensors => {
  const slopes = tf.grads((...tensors: Array<tf.Tensor>) =>
    loss(Object.fromEntries(names.map((name, index) => [name, tensors[index] as tf.Tensor])), x),
  )(names.map((name) => parameters[name] as tf.Tensor))
  return Object.fromEntries(names.map((name, index) => [name, slopes[index] as tf.Tensor]))
}

const close = (actual: Values | undefined, expected: Values | undefined): void => {
  expect(actual?.length).toBe(expected?.length)
  for (const [index, value] of (expected as Float32Array).entries()) expect(actual?.[index]).toBeCloseTo(value, 4)
}

describe.each(["onnx", "cpu"] as const)("on %s, steps as functions of values are those of", (engine) => {
  const setting = { engine, device: "cpu", threads: 1 } as const satisfies EngineSetting

  test.each(Object.entries(settings))("%s", async (_, make) => {
    const beginning = await compile((parameters) => optimizerState(make, parameters), specs, setting).catch(ignoreStateless)
    const stateSpecs = beginning?.outputs ?? {}
    const program = await compile(
      ({ x, ...inputs }) => {
        const pick = (keys: ReadonlyArray<string>) => Object.fromEntries(keys.map((key) => [key, inputs[key] as tf.Tensor]))
        const parameters = pick(names)
        const step = { parameters, gradients: gradientsOf(parameters, x as tf.Tensor), state: pick(Object.keys(stateSpecs)) }
        const after = optimizerStep(make, step)
        return { ...after.parameters, ...after.state }
      },
      { ...specs, ...stateSpecs, x: { shape: [5, 4], dtype: "float32" } },
      setting,
    )
    let values: NamedValues = { ...initial, ...(await beginning?.run(initial)) }
    for (let step = 0; step < steps; step++) values = await program.run({ ...values, x: batch(step) })
    await tf.setBackend("cpu")
    const expected = withVariables(make)
    for (const name of names) close(values[name], expected[name])
  })
})

/** Plain gradient descent remembers nothing. */
const ignoreStateless = (error: Error): undefined => {
  expect(error.message).toContain("returns nothing")
}

test("variables and an optimiser may be used inside of a traced function, and go when it is traced", async () => {
  const known = Object.keys(tf.engine().registeredVariables)
  const program = await compile(
    ({ weight, bias, scale, x }) => {
      const variables = {
        weight: tf.variable(weight as tf.Tensor),
        bias: tf.variable(bias as tf.Tensor),
        scale: tf.variable(scale as tf.Tensor),
      }
      const optimizer = tf.train.adam(0.05)
      const cost = optimizer.minimize(() => loss(variables, x as tf.Tensor), true, Object.values(variables)) as tf.Scalar
      return { ...variables, cost }
    },
    { ...specs, x: { shape: [5, 4], dtype: "float32" } },
    { engine: "onnx", device: "cpu", threads: 1 },
  )
  expect(Object.keys(tf.engine().registeredVariables)).toEqual(known)
  const after = await program.run({ ...initial, x: batch(0) })
  await tf.setBackend("cpu")
  const variables = Object.fromEntries(names.map((name) => [name, tf.variable(tf.tensor(initial[name] as Values, [...shapes[name]]))]))
  const x = tf.tensor2d(batch(0) as Float32Array, [5, 4])
  const cost = tf.train.adam(0.05).minimize(() => loss(variables, x), true, Object.values(variables)) as tf.Scalar
  close(after.cost, cost.dataSync() as Float32Array)
  for (const name of names) close(after[name], variables[name]?.dataSync() as Float32Array)
})
