import type * as tf from "@tensorflow/tfjs"
import { elementTypeOf, type TensorInfo, type TracingBackend } from "../backend.ts"
import { sizeOf, type Value } from "../graph.ts"
import { broadcastShape, input, type Kernel, type Kernels } from "../kernel.ts"

/** Kernels that work element by element. They leave broadcasting to their consumers: see TracingBackend. */

type Unary = (backend: TracingBackend, x: Value) => Value

const unary =
  (apply: Unary, type?: tf.DataType): Kernel =>
  ({ backend, inputs }) => {
    const x = input(inputs)
    return backend.tensor(apply(backend, backend.value(x)), x.shape, type ?? x.dtype)
  }

const one =
  (operation: string): Unary =>
  (backend, x) =>
    backend.node(operation, [x], x.shape, x.type)

/** Operators of ONNX that exist for floats only, applied to whatever comes. */
const float =
  (apply: Unary): Unary =>
  (backend, x) =>
    apply(backend, backend.cast(x, "float32"))

const truth =
  (operation: string): Unary =>
  (backend, x) =>
    backend.node(operation, [x], x.shape, "bool")

type Fold = (a: number, b: number) => number
type Simplify = (backend: TracingBackend, a: Value, b: Value) => Value | undefined

interface Binary {
  readonly operation: string
  readonly result?: "bool"
  readonly fold?: Fold
  /** A cheaper equal of the whole operation, where one operand is known. */
  readonly simplify?: Simplify
}

const scalarOf = ({ data, shape }: Value): number | undefined => (data !== undefined && sizeOf(shape) === 1 ? data[0] : undefined)

export const applyBinary = (backend: TracingBackend, { operation, result, fold, simplify }: Binary, a: Value, b: Value): Value => {
  const shape = broadcastShape(a.shape, b.shape)
  const type = result ?? a.type
  const left = scalarOf(a)
  const right = scalarOf(b)
  if (fold !== undefined && left !== undefined && right !== undefined && type === "float32") {
    return backend.graph.constant([fold(left, right)], shape, type)
  }
  return simplify?.(backend, a, b) ?? backend.node(operation, [a, b], shape, type)
}

const binary =
  (definition: Binary): Kernel =>
  ({ backend, inputs }) => {
    const a = input(inputs, "a")
    const b = input(inputs, "b")
    const value = applyBinary(backend, definition, backend.value(a), backend.value(b))
    return backend.tensor(value, broadcastShape(a.shape, b.shape))
  }

const rightIs =
  (neutral: number): Simplify =>
  (_, a, b) =>
    scalarOf(b) === neutral ? a : undefined

const eitherIs =
  (neutral: number): Simplify =>
  (_, a, b) =>
    scalarOf(b) === neutral ? a : scalarOf(a) === neutral ? b : undefined

export const binaries = {
  Add: { operation: "Add", fold: (a, b) => a + b, simplify: eitherIs(0) },
  Sub: { operation: "Sub", fold: (a, b) => a - b, simplify: rightIs(0) },
  Multiply: { operation: "Mul", fold: (a, b) => a * b, simplify: eitherIs(1) },
  RealDiv: { operation: "Div", fold: (a, b) => a / b, simplify: rightIs(1) },
  Pow: { operation: "Pow", fold: Math.pow },
  Maximum: { operation: "Max", fold: Math.max },
  Minimum: { operation: "Min", fold: Math.min },
  Equal: { operation: "Equal", result: "bool" },
  Greater: { operation: "Greater", result: "bool" },
  GreaterEqual: { operation: "GreaterOrEqual", result: "bool" },
  Less: { operation: "Less", result: "bool" },
  LessEqual: { operation: "LessOrEqual", result: "bool" },
  LogicalAnd: { operation: "And", result: "bool" },
  LogicalOr: { operation: "Or", result: "bool" },
} as const satisfies Record<string, Binary>

const comparable: Unary = (backend, x) => (x.type === "bool" ? backend.cast(x, "int32") : x)

/** ONNX compares numbers only; truth values are compared as 0 and 1. */
const comparison =
  (definition: Binary): Kernel =>
  ({ backend, inputs }) => {
    const a = input(inputs, "a")
    const b = input(inputs, "b")
    const value = applyBinary(backend, definition, comparable(backend, backend.value(a)), comparable(backend, backend.value(b)))
    return backend.tensor(value, broadcastShape(a.shape, b.shape), "bool")
  }

const multiply = (backend: TracingBackend, a: Value, b: Value): Value => applyBinary(backend, binaries.Multiply, a, b)
const subtract = (backend: TracingBackend, a: Value, b: Value): Value => applyBinary(backend, binaries.Sub, a, b)
const add = (backend: TracingBackend, a: Value, b: Value): Value => applyBinary(backend, binaries.Add, a, b)

const floatNode =
  (operation: string): Kernel =>
  ({ backend, inputs }) => {
    const x = input(inputs)
    return backend.tensor(float(one(operation))(backend, backend.value(x)), x.shape, "float32")
  }

export const elementwise: Kernels = {
  ...Object.fromEntries(
    (["Add", "Sub", "Multiply", "RealDiv", "Pow", "Maximum", "Minimum", "LogicalAnd", "LogicalOr"] as const).map((name) => [
      name,
      binary(binaries[name]),
    ]),
  ),
  ...Object.fromEntries(
    (["Equal", "Greater", "GreaterEqual", "Less", "LessEqual"] as const).map((name) => [name, comparison(binaries[name])]),
  ),
  ...Object.fromEntries(
    [
      "Acos",
      "Acosh",
      "Asin",
      "Asinh",
      "Atan",
      "Atanh",
      "Cos",
      "Cosh",
      "Erf",
      "Exp",
      "Log",
      "Reciprocal",
      "Sigmoid",
      "Sin",
      "Sinh",
      "Softplus",
      "Sqrt",
      "Tan",
      "Tanh",
    ].map((name) => [name, floatNode(name)]),
  ),
  ...Object.fromEntries(["Abs", "Neg", "Sign"].map((name) => [name, unary(one(name))])),
  ...Object.fromEntries(
    ["Ceil", "Floor", "Round"].map((name) => [name, unary((backend, x) => (x.type === "float32" ? one(name)(backend, x) : x))]),
  ),
  Relu: unary((backend, x) => backend.node("Max", [x, backend.scalar(0, x.type)], x.shape, x.type)),
  Relu6: unary((backend, x) => backend.node("Clip", [x, backend.scalar(0, x.type), backend.scalar(6, x.type)], x.shape, x.type)),
  LeakyRelu: ({ backend, inputs, attributes: { alpha } }) => {
    const x = input(inputs)
    const value = backend.cast(backend.value(x), "float32")
    return backend.tensor(backend.node("LeakyRelu", [value], value.shape, "float32", { attributes: { alpha: { float: alpha } } }), x.shape)
  },
  Elu: unary(float(one("Elu")), "float32"),
  Selu: unary(float(one("Selu")), "float32"),
  EluGrad: ({ backend, inputs }) => {
    const y = backend.value(input(inputs, "y"))
    const positive = backend.node("GreaterOrEqual", [y, backend.scalar(0)], y.shape, "bool")
    const slope = backend.node("Where", [positive, backend.scalar(1), add(backend, y, backend.scalar(1))], y.shape, "float32")
    const dy = input(inputs, "dy")
    return backend.tensor(multiply(backend, backend.value(dy), slope), dy.shape)
  },
  Prelu: ({ backend, inputs }) => {
    const x = input(inputs)
    const value = backend.value(x)
    const alpha = backend.value(input(inputs, "alpha"))
    const shape = broadcastShape(value.shape, alpha.shape)
    const positive = backend.node("GreaterOrEqual", [value, backend.scalar(0)], value.shape, "bool")
    return backend.tensor(backend.node("Where", [positive, value, multiply(backend, value, alpha)], shape, "float32"), x.shape)
  },
  Square: unary((backend, x) => multiply(backend, x, x)),
  Rsqrt: unary(
    float((backend, x) => one("Reciprocal")(backend, one("Sqrt")(backend, x))),
    "float32",
  ),
  Expm1: unary(
    float((backend, x) => subtract(backend, one("Exp")(backend, x), backend.scalar(1))),
    "float32",
  ),
  Log1p: unary(
    float((backend, x) => one("Log")(backend, add(backend, x, backend.scalar(1)))),
    "float32",
  ),
  Step: ({ backend, inputs, attributes: { alpha } }) => {
    const x = input(inputs)
    const value = backend.cast(backend.value(x), "float32")
    const positive = backend.node("Greater", [value, backend.scalar(0)], value.shape, "bool")
    const stepped = backend.node("Where", [positive, backend.scalar(1), backend.scalar(alpha)], value.shape, "float32")
    return backend.tensor(backend.node("Where", [truth("IsNaN")(backend, value), value, stepped], value.shape, "float32"), x.shape)
  },
  ClipByValue: ({ backend, inputs, attributes: { clipValueMin, clipValueMax } }) => {
    const x = input(inputs)
    const value = backend.value(x)
    const clipped = backend.node(
      "Clip",
      [value, backend.scalar(clipValueMin, value.type), backend.scalar(clipValueMax, value.type)],
      value.shape,
      value.type,
    )
    return backend.tensor(clipped, x.shape)
  },
  IsNan: unary(float(truth("IsNaN")), "bool"),
  IsInf: unary(float(truth("IsInf")), "bool"),
  IsFinite: unary(
    float((backend, x) => {
      const bad = backend.node("Or", [truth("IsNaN")(backend, x), truth("IsInf")(backend, x)], x.shape, "bool")
      return truth("Not")(backend, bad)
    }),
    "bool",
  ),
  LogicalNot: unary(truth("Not"), "bool"),
  NotEqual: ({ backend, inputs }) => {
    const a = input(inputs, "a")
    const b = input(inputs, "b")
    const equal = applyBinary(backend, binaries.Equal, comparable(backend, backend.value(a)), comparable(backend, backend.value(b)))
    return backend.tensor(truth("Not")(backend, equal), broadcastShape(a.shape, b.shape), "bool")
  },
  SquaredDifference: ({ backend, inputs }) => {
    const a = input(inputs, "a")
    const b = input(inputs, "b")
    const difference = subtract(backend, backend.value(a), backend.value(b))
    return backend.tensor(multiply(backend, difference, difference), broadcastShape(a.shape, b.shape))
  },
  FloorDiv: ({ backend, inputs }) => {
    const a = input(inputs, "a")
    const b = input(inputs, "b")
    const quotient = applyBinary(
      backend,
      binaries.RealDiv,
      backend.cast(backend.value(a), "float32"),
      backend.cast(backend.value(b), "float32"),
    )
    return backend.tensor(backend.cast(one("Floor")(backend, quotient), "int32"), broadcastShape(a.shape, b.shape))
  },
  Mod: ({ backend, inputs }) => {
    // Floored, as tfjs has it: the result takes the sign of the divisor.
    const a = input(inputs, "a")
    const b = input(inputs, "b")
    const dividend = backend.cast(backend.value(a), "float32")
    const divisor = backend.cast(backend.value(b), "float32")
    const whole = one("Floor")(backend, applyBinary(backend, binaries.RealDiv, dividend, divisor))
    const rest = subtract(backend, dividend, multiply(backend, whole, divisor))
    return backend.tensor(backend.cast(rest, elementTypeOf(a.dtype)), broadcastShape(a.shape, b.shape), a.dtype)
  },
  AddN: ({ backend, inputs }) => {
    const tensors = Object.values(inputs)
    const sum = tensors.map((tensor) => backend.value(tensor)).reduce((total, value) => add(backend, total, value))
    return backend.tensor(sum, (tensors[0] as TensorInfo).shape)
  },
  Cast: ({ backend, inputs, attributes: { dtype } }) => {
    const x = input(inputs)
    return backend.tensor(backend.cast(backend.value(x), elementTypeOf(dtype)), x.shape, dtype)
  },
  Select: ({ backend, inputs }) => {
    const t = input(inputs, "t")
    const condition = input(inputs, "condition")
    // A condition of rank one picks whole rows.
    const rows = condition.shape.length === 1 && t.shape.length > 1
    const picked = rows
      ? backend.reshape(backend.full(condition), [t.shape[0] as number, ...t.shape.slice(1).map(() => 1)])
      : backend.value(condition)
    const then = backend.value(t)
    const otherwise = backend.value(input(inputs, "e"))
    const shape = broadcastShape(picked.shape, broadcastShape(then.shape, otherwise.shape))
    return backend.tensor(backend.node("Where", [picked, then, otherwise], shape, then.type), t.shape)
  },
}
