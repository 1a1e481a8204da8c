import type { TensorInfo, TracingBackend } from "../backend.ts"
import { sizeOf, type Value } from "../graph.ts"
import { broadcastShape, input, type Kernel, type Kernels, numeric } from "../kernel.ts"

/**
 * Arithmetic of two tensors, element by element. Kernels leave broadcasting to their consumers: see
 * TracingBackend.
 */

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
  BitwiseAnd: { operation: "BitwiseAnd" },
  Equal: { operation: "Equal", result: "bool" },
  Greater: { operation: "Greater", result: "bool" },
  GreaterEqual: { operation: "GreaterOrEqual", result: "bool" },
  Less: { operation: "Less", result: "bool" },
  LessEqual: { operation: "LessOrEqual", result: "bool" },
  LogicalAnd: { operation: "And", result: "bool" },
  LogicalOr: { operation: "Or", result: "bool" },
} as const satisfies Record<string, Binary>

export const add = (backend: TracingBackend, a: Value, b: Value): Value => applyBinary(backend, binaries.Add, a, b)
export const subtract = (backend: TracingBackend, a: Value, b: Value): Value => applyBinary(backend, binaries.Sub, a, b)
export const multiply = (backend: TracingBackend, a: Value, b: Value): Value => applyBinary(backend, binaries.Multiply, a, b)
export const divide = (backend: TracingBackend, a: Value, b: Value): Value => applyBinary(backend, binaries.RealDiv, a, b)

/** `condition ? then : otherwise`, element by element. */
export const choose = (backend: TracingBackend, condition: Value, then: Value, otherwise: Value): Value => {
  const shape = broadcastShape(condition.shape, broadcastShape(then.shape, otherwise.shape))
  if (then.type !== "bool") return backend.node("Where", [condition, then, otherwise], shape, then.type)
  // ONNX Runtime does not choose between truth values.
  const chosen = applyBinary(backend, binaries.LogicalAnd, condition, then)
  const rest = applyBinary(backend, binaries.LogicalAnd, negate(backend, condition), otherwise)
  return applyBinary(backend, binaries.LogicalOr, chosen, rest)
}

export const negate = (backend: TracingBackend, x: Value): Value => backend.node("Not", [x], x.shape, "bool")

export const compare = (backend: TracingBackend, operation: "Equal" | "Greater" | "GreaterEqual" | "Less", a: Value, b: Value): Value =>
  applyBinary(backend, binaries[operation], a, b)

type Arithmetic = (backend: TracingBackend, a: Value, b: Value) => Value

const arithmetic =
  (apply: Arithmetic): Kernel =>
  (call) => {
    const { backend, inputs } = call
    const [a, b] = [input(inputs, "a"), input(inputs, "b")]
    return backend.tensor(apply(backend, numeric(call, a), numeric(call, b)), broadcastShape(a.shape, b.shape))
  }

/** Quotient and divisor that is nowhere 0: dividing an integer by 0 would end the process. */
const safeDivisor = (backend: TracingBackend, b: Value): { readonly divisor: Value; readonly isZero: Value } => {
  const isZero = compare(backend, "Equal", b, backend.scalar(0, b.type))
  return { divisor: choose(backend, isZero, backend.scalar(1, b.type), b), isZero }
}

/** Division of int32 rounded down, and 0 by 0, as tfjs has it. ONNX rounds towards 0. */
const integerFloorDivide: Arithmetic = (backend, a, b) => {
  const zero = backend.scalar(0, "int32")
  const { divisor, isZero } = safeDivisor(backend, b)
  const quotient = divide(backend, a, divisor)
  const rest = subtract(backend, a, multiply(backend, quotient, divisor))
  const signsDiffer = backend.node(
    "Xor",
    [compare(backend, "Less", rest, zero), compare(backend, "Less", divisor, zero)],
    rest.shape,
    "bool",
  )
  const isExact = compare(backend, "Equal", rest, zero)
  const down = choose(backend, isExact, zero, backend.cast(signsDiffer, "int32"))
  return choose(backend, isZero, zero, subtract(backend, quotient, down))
}

const floorDivide: Arithmetic = (backend, a, b) => {
  if (a.type === "int32") return integerFloorDivide(backend, a, b)
  const { divisor, isZero } = safeDivisor(backend, b)
  const quotient = divide(backend, a, divisor)
  const whole = backend.node("Floor", [quotient], quotient.shape, "float32")
  return choose(backend, isZero, backend.scalar(0, "int32"), backend.cast(whole, "int32"))
}

/** Floored: the result takes the sign of the divisor. An int32 modulo 0 is 0, as tfjs has it. */
const modulo: Arithmetic = (backend, a, b) => {
  const shape = broadcastShape(a.shape, b.shape)
  if (a.type === "int32") {
    const { divisor, isZero } = safeDivisor(backend, b)
    return choose(backend, isZero, backend.scalar(0, "int32"), backend.node("Mod", [a, divisor], shape, "int32"))
  }
  const truncated = (x: Value, y: Value): Value => backend.node("Mod", [x, y], shape, "float32", { attributes: { fmod: { int: 1 } } })
  const zero = backend.scalar(0)
  const rest = truncated(a, b)
  const signsDiffer = backend.node("Xor", [compare(backend, "Less", a, zero), compare(backend, "Less", b, zero)], shape, "bool")
  return choose(backend, signsDiffer, truncated(add(backend, rest, b), b), rest)
}

/** The angle of the point (x, y): atan(y/x), turned by π where x is negative. */
const arcTangent2: Arithmetic = (backend, y, x) => {
  const zero = backend.scalar(0)
  const quotient = divide(backend, y, x)
  const angle = backend.node("Atan", [quotient], quotient.shape, "float32")
  const half = choose(backend, compare(backend, "Less", y, zero), backend.scalar(-Math.PI), backend.scalar(Math.PI))
  const turned = choose(backend, compare(backend, "Less", x, zero), add(backend, angle, half), angle)
  const origin = backend.node("And", [compare(backend, "Equal", x, zero), compare(backend, "Equal", y, zero)], turned.shape, "bool")
  return choose(backend, origin, zero, turned)
}

export const binary: Kernels = {
  ...Object.fromEntries(
    (["Add", "Sub", "Multiply", "Pow", "Maximum", "Minimum", "BitwiseAnd"] as const).map((name) => [
      name,
      arithmetic((backend, a, b) => applyBinary(backend, binaries[name], a, b)),
    ]),
  ),
  RealDiv: arithmetic((backend, a, b) => {
    if (a.type === "float32") return divide(backend, a, b)
    const { divisor, isZero } = safeDivisor(backend, b)
    return choose(backend, isZero, backend.scalar(0, "int32"), divide(backend, a, divisor))
  }),
  FloorDiv: arithmetic(floorDivide),
  Mod: arithmetic(modulo),
  SquaredDifference: arithmetic((backend, a, b) => {
    const difference = subtract(backend, a, b)
    return multiply(backend, difference, difference)
  }),
  Atan2: arithmetic((backend, y, x) => {
    const angle = arcTangent2(backend, backend.cast(y, "float32"), backend.cast(x, "float32"))
    return backend.cast(angle, y.type)
  }),
  AddN: (call) => {
    const tensors = Object.values(call.inputs)
    const sum = tensors.map((tensor) => numeric(call, tensor)).reduce((total, value) => add(call.backend, total, value))
    return call.backend.tensor(sum, (tensors[0] as TensorInfo).shape)
  },
}
