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
/** tfjs starts from the first element, and so answers with what it finds where there is none. */
const undefinedOf = (type: ElementType): number => (type === "float32" ? Number.NaN : 0)

export const reduce = (
  backend: TracingBackend,
  { operation, empty }: Pick<Reduction, "operation" | "empty">,
  value: Value,
  axes: ReadonlyArray<number>,
  keep: boolean,
): Value => {
  if (axes.length === 0) return value
  const shape = reducedShape(value.shape, axes, keep)
  if (sizeOf(value.shape) === 0) return backend.expand(backend.scalar(empty(value.type), value.type), shape)
  return backend.node(operation, [value, backend.graph.integers(axes)], shape, value.type, {
    attributes: { keepdims: { int: keep ? 1 : 0 } },
  })
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

export const reductions: Kernels = {
  Sum: reduction({ operation: "ReduceSum", compute: asNumber, empty: () => 0 }),
  Prod: reduction({ operation: "ReduceProd", compute: asNumber, empty: () => 1 }),
  Mean: reduction({ operation: "ReduceMean", compute: () => "float32", empty: () => 0 }),
  Max: extreme("ReduceMax"),
  Min: extreme("ReduceMin"),
  All: reduction({ operation: "ReduceMin", compute: asNumber, empty: () => 0, result: "bool" }),
  Any: reduction({ operation: "ReduceMax", compute: asNumber, empty: () => 0, result: "bool" }),
  ArgMax: extremeIndex("ArgMax"),
  ArgMin: extremeIndex("ArgMin"),
}
