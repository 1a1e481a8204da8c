import type { ElementType } from "../../onnx/model.ts"
import type { TracingBackend } from "../backend.ts"
import { sizeOf, type Value } from "../graph.ts"
import { axesOf, input, type Kernel, type Kernels, numeric } from "../kernel.ts"

/** Kernels that fold axes away. */

const reducedShape = (shape: ReadonlyArray<number>, axes: ReadonlyArray<number>, keep: boolean): ReadonlyArray<number> =>
  keep ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : shape.filter((_, axis) => !axes.includes(axis))

interface Reduction {
  readonly operation: string
  /** What is calculated with, given what comes. */
  readonly compute: (type: ElementType) => ElementType
  /** The result over nothing at all, which ONNX Runtime refuses to give. */
  readonly empty: (type: ElementType) => number
  readonly result?: "bool"
}

const asNumber = (type: ElementType): ElementType => (type === "bool" ? "int32" : type)
/**
 * tfjs starts from the first element, so its result for an empty tensor is whatever it finds there.
 */
const undefinedOf = (type: ElementType): number => (type === "float32" ? Number.NaN : 0)

/**
 * Sums and means that are equal to the last bit on any number of threads. Where the axes that stay
 * lie on both sides of those that go, or the other way round, ONNX Runtime chooses between two ways
 * of summing by the number of its threads, and it counts axes of one as axes. The first are a
 * product with ones instead, and the others are summed in two steps.
 */
const steadyReduction = (backend: TracingBackend, operation: string, value: Value, axes: ReadonlyArray<number>, keep: boolean): Value => {
  if (value.shape.length < 3) return plainReduction(backend, operation, value, axes, keep)
  const runs = runsOf(value.shape, axes)
  const sizes = runs.map(({ size }) => size)
  const shape = reducedShape(value.shape, axes, keep)
  const [first, middle, last] = sizes
  if (runs.length !== 3 || first === undefined || middle === undefined || last === undefined) {
    if (!value.shape.includes(1)) return plainReduction(backend, operation, value, axes, keep)
    const going = runs.flatMap(({ goes }, at) => (goes ? [at] : []))
    const compact = backend.reshape(value, sizes)
    return backend.reshape(going.length === 0 ? compact : plainReduction(backend, operation, compact, going, false), shape)
  }
  const cube = backend.reshape(value, sizes)
  if (runs[0]?.goes === true) {
    return backend.reshape(plainReduction(backend, operation, plainReduction(backend, operation, cube, [2], false), [0], false), shape)
  }
  const share = operation === "ReduceMean" ? 1 / middle : 1
  const shares = backend.graph.constant(new Float32Array(middle).fill(share), [1, middle], "float32")
  return backend.reshape(backend.node("MatMul", [shares, cube], [first, 1, last], "float32"), shape)
}

interface Run {
  readonly goes: boolean
  size: number
}

/** Neighbouring axes that go, or stay, as one; axes of one are neither. */
const runsOf = (shape: ReadonlyArray<number>, axes: ReadonlyArray<number>): ReadonlyArray<Run> => {
  const runs: Array<Run> = []
  for (const [axis, size] of shape.entries()) {
    const goes = axes.includes(axis)
    const last = runs.at(-1)
    if (size === 1) continue
    if (last?.goes === goes) last.size *= size
    else runs.push({ goes, size })
  }
  return runs
}

const plainReduction = (backend: TracingBackend, operation: string, value: Value, axes: ReadonlyArray<number>, keep: boolean): Value => {
  const attributes = { keepdims: { int: keep ? 1 : 0 } }
  return backend.node(operation, [value, backend.graph.integers(axes)], reducedShape(value.shape, axes, keep), value.type, { attributes })
}

const reduce = (
  backend: TracingBackend,
  { operation, empty }: Pick<Reduction, "operation" | "empty">,
  value: Value,
  axes: ReadonlyArray<number>,
  keep: boolean,
): Value => {
  if (axes.length === 0) return value
  const shape = reducedShape(value.shape, axes, keep)
  if (sizeOf(value.shape) === 0) return backend.expand(backend.scalar(empty(value.type), value.type), shape)
  const isSum = value.type === "float32" && (operation === "ReduceSum" || operation === "ReduceMean")
  return (isSum ? steadyReduction : plainReduction)(backend, operation, value, axes, keep)
}

const reduction =
  (definition: Reduction): Kernel =>
  ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const { axis, reductionIndices, keepDims } = attributes
    const full = backend.full(x)
    const compute = definition.compute(full.type)
    const reduced = reduce(
      backend,
      definition,
      backend.cast(full, compute),
      axesOf(reductionIndices ?? axis, x.shape.length),
      keepDims === true,
    )
    return backend.tensor(backend.cast(reduced, definition.result ?? compute), reduced.shape)
  }

/** Like the other reductions, but truth values stay what they are. */
const extreme =
  (operation: string): Kernel =>
  (call) => {
    const { backend, inputs, attributes } = call
    const x = input(inputs)
    const axes = axesOf(attributes.reductionIndices ?? attributes.axis, x.shape.length)
    const value = backend.expand(numeric(call, x), x.shape)
    const reduced = reduce(backend, { operation, empty: undefinedOf }, value, axes, attributes.keepDims === true)
    return backend.tensor(reduced, reduced.shape)
  }

const extremeIndex =
  (operation: string): Kernel =>
  ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const [along = 0] = axesOf(attributes.axis, x.shape.length)
    const shape = reducedShape(x.shape, [along], false)
    const full = backend.full(x)
    if (sizeOf(x.shape) === 0) return backend.tensor(backend.scalar(0, "int32"), shape)
    const index = backend.node(operation, [backend.cast(full, asNumber(full.type))], shape, "int64", {
      attributes: { axis: { int: along }, keepdims: { int: 0 } },
    })
    return backend.tensor(backend.cast(index, "int32"), shape)
  }

const sum: Reduction = { operation: "ReduceSum", compute: asNumber, empty: () => 0 }

export const reduceSum = (backend: TracingBackend, value: Value, axes: ReadonlyArray<number>): Value =>
  reduce(backend, sum, value, axes, false)

export const reductions: Kernels = {
  Sum: reduction(sum),
  Prod: reduction({ operation: "ReduceProd", compute: asNumber, empty: () => 1 }),
  Mean: reduction({ operation: "ReduceMean", compute: () => "float32", empty: () => 0 }),
  Max: extreme("ReduceMax"),
  Min: extreme("ReduceMin"),
  All: reduction({ operation: "ReduceMin", compute: asNumber, empty: () => 0, result: "bool" }),
  Any: reduction({ operation: "ReduceMax", compute: asNumber, empty: () => 0, result: "bool" }),
  ArgMax: extremeIndex("ArgMax"),
  ArgMin: extremeIndex("ArgMin"),
}
