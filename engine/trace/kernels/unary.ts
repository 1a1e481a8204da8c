import type * as tf from "@tensorflow/tfjs"
import { elementTypeOf, type TracingBackend } from "../backend.ts"
import type { Value } from "../graph.ts"
import { broadcastShape, input, type Kernel, type Kernels, numeric } from "../kernel.ts"
import { add, choose, compare, divide, multiply, subtract } from "./binary.ts"

/** Functions of one tensor, element by element, activations among them. */

type Unary = (backend: TracingBackend, x: Value) => Value

const one =
  (operation: string): Unary =>
  (backend, x) =>
    backend.node(operation, [x], x.shape, x.type)

/** For numbers of either type. */
const unary =
  (apply: Unary): Kernel =>
  (call) => {
    const { backend, inputs } = call
    const x = input(inputs)
    return backend.tensor(apply(backend, numeric(call, x)), x.shape)
  }

/**
 * For functions that ONNX has for floats only. Given integers, most answer with integers cut off at
 * the point, as tfjs has it; `type` says which always answer with floats.
 */
const float =
  (apply: Unary, type?: "float32"): Kernel =>
  (call) => {
    const { backend, inputs } = call
    const x = input(inputs)
    const value = numeric(call, x)
    return backend.tensor(backend.cast(apply(backend, backend.cast(value, "float32")), type ?? value.type), x.shape)
  }

/**
 * log(x). ONNX Runtime's Log rounds an element differently at the end of a thread's part than
 * within it; the logarithm of a sum of one term does not.
 */
const logarithm: Unary = (backend, x) => {
  const column = backend.reshape(x, [...x.shape, 1])
  const attributes = { keepdims: { int: 0 } }
  return backend.node("ReduceLogSum", [column, backend.graph.integers([x.shape.length])], x.shape, "float32", { attributes })
}

const magnitudeBelow = (backend: TracingBackend, x: Value, limit: number): Value =>
  compare(backend, "Less", one("Abs")(backend, x), backend.scalar(limit))

/** exp(x) − 1, near 0 by 2t / (1 − t) with t = tanh(x/2), which does not cancel. */
const exponentialMinusOne: Unary = (backend, x) => {
  const t = one("Tanh")(backend, multiply(backend, x, backend.scalar(0.5)))
  const near = divide(backend, multiply(backend, t, backend.scalar(2)), subtract(backend, backend.scalar(1), t))
  const far = subtract(backend, one("Exp")(backend, x), backend.scalar(1))
  return choose(backend, magnitudeBelow(backend, x, 0.5), near, far)
}

/** log(1 + x), near 0 by 2·artanh(x / (2 + x)), which does not cancel. */
const logarithmOfOnePlus: Unary = (backend, x) => {
  const t = divide(backend, x, add(backend, x, backend.scalar(2)))
  const near = multiply(backend, one("Atanh")(backend, t), backend.scalar(2))
  const far = logarithm(backend, add(backend, x, backend.scalar(1)))
  return choose(backend, magnitudeBelow(backend, x, 0.5), near, far)
}

/** log(1 + exp(x)) = max(x, 0) + 2·artanh(e / (2 + e)) with e = exp(−|x|). */
const softplus: Unary = (backend, x) => {
  const e = one("Exp")(backend, one("Neg")(backend, one("Abs")(backend, x)))
  const t = divide(backend, e, add(backend, e, backend.scalar(2)))
  const rest = multiply(backend, one("Atanh")(backend, t), backend.scalar(2))
  return add(backend, backend.node("Max", [x, backend.scalar(0)], x.shape, "float32"), rest)
}

/**
 * x where it is positive, else exp(x) − 1. As Log, the single operator rounds by its place in a
 * thread's part.
 */
const exponentialLinear: Unary = (backend, x) => {
  const falling = subtract(backend, one("Exp")(backend, x), backend.scalar(1))
  return choose(backend, compare(backend, "Less", x, backend.scalar(0)), falling, x)
}

/** Klambauer et al. 2017. */
const scaledExponentialLinear: Unary = (backend, x) => {
  const falling = multiply(backend, subtract(backend, one("Exp")(backend, x), backend.scalar(1)), backend.scalar(1.6732632423543772))
  const either = choose(backend, compare(backend, "Less", x, backend.scalar(0)), falling, x)
  return multiply(backend, either, backend.scalar(1.0507009873554805))
}

/** −1, 0 or 1, and 0 for NaN, which ONNX's own operator lets through. */
const sign: Unary = (backend, x) => {
  const zero = backend.scalar(0, x.type)
  const isPositive = backend.cast(compare(backend, "Greater", x, zero), x.type)
  return subtract(backend, isPositive, backend.cast(compare(backend, "Less", x, zero), x.type))
}

const squareRootInverse: Unary = (backend, x) => one("Reciprocal")(backend, one("Sqrt")(backend, x))

const clipped = (backend: TracingBackend, x: Value, low: number, high: number): Value =>
  backend.node("Clip", [x, backend.scalar(low, x.type), backend.scalar(high, x.type)], x.shape, x.type)

type Activation = (backend: TracingBackend, x: Value, alpha: number, slope?: Value) => Value

/** The activations by their names in `tf.fused`; `alpha` is leakyrelu's, `slope` prelu's. */
export const activations = {
  linear: (_, x) => x,
  relu: (backend, x) => backend.node("Max", [x, backend.scalar(0, x.type)], x.shape, x.type),
  relu6: (backend, x) => clipped(backend, x, 0, 6),
  elu: exponentialLinear,
  sigmoid: one("Sigmoid"),
  leakyrelu: (backend, x, alpha) => backend.node("LeakyRelu", [x], x.shape, "float32", { attributes: { alpha: { float: alpha } } }),
  prelu: (backend, x, _, slope = backend.scalar(1)) =>
    choose(backend, compare(backend, "Less", x, backend.scalar(0)), multiply(backend, x, slope), x),
} as const satisfies Record<string, Activation>

const named = (names: ReadonlyArray<string>, kernel: (name: string) => Kernel): Kernels =>
  Object.fromEntries(names.map((name) => [name, kernel(name)]))

export const unaries: Kernels = {
  ...named(["Abs", "Neg"], (name) => unary(one(name))),
  ...named(["Ceil", "Floor", "Round"], (name) => unary((backend, x) => (x.type === "float32" ? one(name)(backend, x) : x))),
  ...named(["Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Reciprocal", "Sinh"], (name) => float(one(name))),
  ...named(["Cos", "Cosh", "Erf", "Exp", "Sigmoid", "Sin", "Sqrt", "Tan", "Tanh"], (name) => float(one(name), "float32")),
  Sign: unary(sign),
  Elu: float(exponentialLinear, "float32"),
  Selu: float(scaledExponentialLinear),
  Softplus: float(softplus),
  Log: float(logarithm, "float32"),
  Expm1: float(exponentialMinusOne),
  Log1p: float(logarithmOfOnePlus),
  Rsqrt: float(squareRootInverse, "float32"),
  Square: unary((backend, x) => multiply(backend, x, x)),
  Relu: unary((backend, x) => activations.relu(backend, x)),
  Relu6: unary((backend, x) => activations.relu6(backend, x)),
  LeakyRelu: (call) => {
    const { backend, inputs, attributes } = call
    const x = input(inputs)
    return backend.tensor(activations.leakyrelu(backend, backend.cast(numeric(call, x), "float32"), attributes.alpha), x.shape)
  },
  Prelu: (call) => {
    const { backend, inputs } = call
    const x = input(inputs)
    const alpha = input(inputs, "alpha")
    const [value, slope] = [x, alpha].map((each) => backend.cast(numeric(call, each), "float32")) as [Value, Value]
    return backend.tensor(activations.prelu(backend, value, 0, slope), broadcastShape(x.shape, alpha.shape))
  },
  EluGrad: ({ backend, inputs }) => {
    const dy = input(inputs, "dy")
    const y = backend.value(input(inputs, "y"))
    const isRising = compare(backend, "GreaterEqual", y, backend.scalar(0))
    const slope = choose(backend, isRising, backend.scalar(1), add(backend, y, backend.scalar(1)))
    return backend.tensor(multiply(backend, backend.value(dy), slope), dy.shape)
  },
  Step: (call) => {
    const { backend, inputs, attributes } = call
    const x = input(inputs)
    const value = numeric(call, x)
    const isPositive = compare(backend, "Greater", value, backend.scalar(0, value.type))
    const stepped = choose(backend, isPositive, backend.scalar(1, value.type), backend.scalar(attributes.alpha, value.type))
    if (value.type === "int32") return backend.tensor(stepped, x.shape)
    const isNotANumber = backend.node("IsNaN", [value], value.shape, "bool")
    return backend.tensor(choose(backend, isNotANumber, value, stepped), x.shape)
  },
  ClipByValue: (call) => {
    const { backend, inputs, attributes } = call
    const x = input(inputs)
    return backend.tensor(clipped(backend, numeric(call, x), attributes.clipValueMin, attributes.clipValueMax), x.shape)
  },
  Cast: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const dtype: tf.DataType = attributes.dtype
    return backend.tensor(backend.cast(backend.value(x), elementTypeOf(dtype)), x.shape, dtype)
  },
}
