import * as tf from "@tensorflow/tfjs"
import { compile, type NamedTensors, type NamedValues, type TensorSpec, type Values } from "../../engine/index.ts"

/** One use of an operation on given tensors. */
export interface Case {
  /** What is called, for a failure's message. */
  readonly title: string
  readonly inputs: Readonly<Record<string, Input>>
  readonly run: Computation
  /**
   * What eager tfjs computes in its stead, if that is not the same: the plain operations of a fused
   * one.
   */
  readonly definition?: Computation
  /** Inputs by which the first-order gradient is compared too. */
  readonly gradients?: ReadonlyArray<string>
  /** Largest relative difference, and absolute one below 1. */
  readonly tolerance?: number
}

export type Computation = (inputs: NamedTensors) => tf.Tensor | ReadonlyArray<tf.Tensor>

export interface Input extends TensorSpec {
  readonly values: Values
}

interface Result extends TensorSpec {
  readonly values: ArrayLike<number>
}

export type Results = Readonly<Record<string, Result>>

/**
 * Runs all cases in one traced program and eagerly on tfjs's cpu backend, and throws where an
 * output or a gradient differs in shape, type or value.
 */
export const expectAgreement = async (cases: ReadonlyArray<Case>, threads = 1): Promise<void> => {
  await tf.setBackend("cpu")
  const expected = cases.map((each) => explain(each, "eager tfjs", () => eager(each, each.definition ?? each.run)))
  const actual = await traced(cases, threads)
  for (const [index, each] of cases.entries()) expectSameResults(each, actual[index] as Results, expected[index] as Results)
}

export const expectSameResults = (each: Case, actual: Results, expected: Results): void => {
  for (const [name, result] of Object.entries(expected)) {
    explain(each, name, () => expectSame(actual[name] as Result, result, each.tolerance ?? 1e-5))
  }
}

const results = (run: Computation, gradients: ReadonlyArray<string>, tensors: NamedTensors): NamedTensors => {
  const outputs = [run(tensors)].flat() as Array<tf.Tensor>
  const named = outputs.map((output, index) => [`output ${index}`, output] as const)
  if (gradients.length === 0) return Object.fromEntries(named)
  const loss = (...variables: Array<tf.Tensor>): tf.Scalar => {
    const replaced = Object.fromEntries(gradients.map((name, index) => [name, variables[index] as tf.Tensor]))
    const floats = ([run({ ...tensors, ...replaced })].flat() as Array<tf.Tensor>).filter(({ dtype }) => dtype === "float32")
    return tf.addN(floats.map((output) => tf.sum(tf.mul(output, weights(output.shape))))) as tf.Scalar
  }
  const slopes = tf.grads(loss)(gradients.map((name) => tensors[name] as tf.Tensor))
  return Object.fromEntries([...named, ...gradients.map((name, index) => [`d/d ${name}`, slopes[index] as tf.Tensor] as const)])
}

/** A fixed cotangent, none of it like another. */
const weights = (shape: ReadonlyArray<number>): tf.Tensor => {
  const size = shape.reduce((product, axis) => product * axis, 1)
  return tf.tensor(
    Float32Array.from({ length: size }, (_, index) => Math.cos(1 + 2.3 * index)),
    [...shape],
    "float32",
  )
}

/** Outputs and gradients of one case, computed eagerly on the backend that is set. */
export const eager = (each: Case, computation: Computation): Results => {
  tf.engine().startScope()
  try {
    const tensors = Object.entries(each.inputs).map(
      ([name, { values, shape, dtype }]) => [name, tf.tensor(values.slice(), [...shape], dtype)] as const,
    )
    const outputs = Object.entries(results(computation, each.gradients ?? [], Object.fromEntries(tensors)))
    return Object.fromEntries(
      outputs.map(([name, tensor]) => [
        name,
        { shape: tensor.shape, dtype: tensor.dtype as TensorSpec["dtype"], values: tensor.dataSync().slice() },
      ]),
    )
  } finally {
    tf.engine().endScope()
  }
}

export const traced = async (cases: ReadonlyArray<Case>, threads: number): Promise<ReadonlyArray<Results>> => {
  const inputs = cases.flatMap(({ inputs }, index) => Object.entries(inputs).map(([name, input]) => [`${index} ${name}`, input] as const))
  const everything = (tensors: NamedTensors): NamedTensors =>
    Object.fromEntries(
      cases.flatMap((each, index) => {
        const own = Object.fromEntries(Object.keys(each.inputs).map((name) => [name, tensors[`${index} ${name}`] as tf.Tensor]))
        return explain(each, "tracing", () =>
          Object.entries(results(each.run, each.gradients ?? [], own)).map(([name, tensor]) => [`${index} ${name}`, tensor]),
        )
      }),
    )
  const signature = Object.fromEntries(inputs.map(([name, { shape, dtype }]) => [name, { shape, dtype }]))
  const values: NamedValues = Object.fromEntries(inputs.map(([name, { values }]) => [name, values]))
  const program = await compile(everything, signature, { engine: "onnx", device: "cpu", threads })
  const outputs = await program.run(values)
  return cases.map((_, index) =>
    Object.fromEntries(
      Object.entries(program.outputs)
        .filter(([name]) => name.startsWith(`${index} `))
        .map(([name, spec]) => [name.slice(`${index} `.length), { ...spec, values: outputs[name] as Values }]),
    ),
  )
}

const explain = <T>(each: Case, what: string, compute: () => T): T => {
  try {
    return compute()
  } catch (error) {
    const inputs = Object.entries(each.inputs).map(
      ([name, { dtype, shape, values }]) => `${name} ${dtype} [${shape.join(", ")}] {${values.slice(0, 16).join(" ")}}`,
    )
    throw new Error(`${each.title} of ${inputs.join(" and ")}, ${what}: ${(error as Error).message}`, { cause: error })
  }
}

const expectSame = (actual: Result, expected: Result, tolerance: number): void => {
  if (actual.dtype !== expected.dtype || String(actual.shape) !== String(expected.shape)) {
    throw new Error(`is ${actual.dtype} [${actual.shape}], and should be ${expected.dtype} [${expected.shape}]`)
  }
  for (let index = 0; index < expected.values.length; index++) {
    const [is, should] = [actual.values[index] as number, expected.values[index] as number]
    if (Object.is(is, should) || is === should) continue
    if (Math.abs(is - should) <= tolerance * Math.max(1, Math.abs(should)) && expected.dtype === "float32") continue
    throw new Error(`element ${index} is ${is}, and should be ${should}`)
  }
}
