import type * as tf from "@tensorflow/tfjs"
import type { ElementType } from "../../onnx/model.ts"
import type { TensorInfo, TracingBackend } from "../backend.ts"
import type { Value } from "../graph.ts"
import { axesOf, input, type Kernel, type Kernels } from "../kernel.ts"

/** Kernels that fold axes away, and running sums along one. */

const reducedShape = (shape: ReadonlyArray<number>, axes: ReadonlyArray<number>, keep: boolean): ReadonlyArray<number> =>
  keep ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : shape.filter((_, axis) => !axes.includes(axis))

export const reduce = (backend: TracingBackend, operation: string, value: Value, axes: ReadonlyArray<number>, keep: boolean): Value => {
  if (axes.length === 0) return value
  return backend.node(operation, [value, backend.graph.integers(axes)], reducedShape(value.shape, axes, keep), value.type, {
    attributes: { keepdims: { int: keep ? 1 : 0 } },
  })
}

const reduction =
  (operation: string, compute: (type: ElementType) => ElementType, dtype?: tf.DataType): Kernel =>
  ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const { axis, reductionIndices, keepDims } = attributes
    const axes = axesOf(reductionIndices ?? axis, x.shape.length)
    const full = backend.full(x)
    const reduced = reduce(backend, operation, backend.cast(full, compute(full.type)), axes, keepDims === true)
    const result = dtype === "bool" ? backend.cast(reduced, "bool") : reduced
    return backend.tensor(result, result.shape)
  }

const same = (type: ElementType): ElementType => type
const number = (type: ElementType): ElementType => (type === "bool" ? "int32" : type)

const extremeIndex =
  (operation: string): Kernel =>
  ({ backend, inputs, attributes: { axis } }) => {
    const x = input(inputs)
    const [along = 0] = axesOf(axis, x.shape.length)
    const shape = reducedShape(x.shape, [along], false)
    const index = backend.node(operation, [backend.full(x)], shape, "int64", { attributes: { axis: { int: along }, keepdims: { int: 0 } } })
    return backend.tensor(backend.cast(index, "int32"), shape)
  }

const lastAxis =
  (operation: string, attribute: "dim" | "axis"): Kernel =>
  ({ backend, inputs, attributes }) => {
    const x = input(inputs, "logits")
    const [along = 0] = axesOf(attributes[attribute], x.shape.length)
    return backend.tensor(
      backend.node(operation, [backend.cast(backend.full(x), "float32")], x.shape, "float32", { attributes: { axis: { int: along } } }),
      x.shape,
    )
  }

/** exp(cumsum(log|x|)) would lose signs and zeros: the product is unrolled instead. */
const cumulativeProduct: Kernel = ({ backend, inputs, attributes }) => {
  const x = input(inputs)
  const { axis, exclusive, reverse } = attributes
  const [along = 0] = axesOf(axis, x.shape.length)
  const length = x.shape[along] ?? 0
  if (length === 0) return x
  const full = backend.full(x)
  const slot = x.shape.map((size, at) => (at === along ? 1 : size))
  const at = (index: number): Value =>
    backend.node(
      "Slice",
      [full, backend.graph.integers([index]), backend.graph.integers([index + 1]), backend.graph.integers([along])],
      slot,
      full.type,
    )
  const order = reverse ? [...Array(length).keys()].reverse() : [...Array(length).keys()]
  const products: Array<Value> = []
  let running = backend.expand(backend.scalar(1, full.type), slot)
  for (const index of order) {
    const next = backend.node("Mul", [running, at(index)], slot, full.type)
    products.push(exclusive ? running : next)
    running = next
  }
  const ordered = reverse ? products.reverse() : products
  return backend.tensor(backend.node("Concat", ordered, x.shape, full.type, { attributes: { axis: { int: along } } }), x.shape)
}

export const reductions: Kernels = {
  Sum: reduction("ReduceSum", number),
  Mean: ({ backend, inputs, attributes }) => {
    const { axis, keepDims } = attributes
    const x: TensorInfo = input(inputs)
    const mean = reduce(backend, "ReduceMean", backend.cast(backend.full(x), "float32"), axesOf(axis, x.shape.length), keepDims)
    return backend.tensor(mean, mean.shape)
  },
  Max: reduction("ReduceMax", same),
  Min: reduction("ReduceMin", same),
  Prod: reduction("ReduceProd", number),
  All: reduction("ReduceMin", number, "bool"),
  Any: reduction("ReduceMax", number, "bool"),
  ArgMax: extremeIndex("ArgMax"),
  ArgMin: extremeIndex("ArgMin"),
  Softmax: lastAxis("Softmax", "dim"),
  LogSoftmax: lastAxis("LogSoftmax", "axis"),
  Cumsum: ({ backend, inputs, attributes }) => {
    const { axis, exclusive, reverse } = attributes
    const x = input(inputs)
    const [along = 0] = axesOf(axis, x.shape.length)
    const sum = backend.node("CumSum", [backend.full(x), backend.graph.constant([along], [], "int64")], x.shape, backend.value(x).type, {
      attributes: { exclusive: { int: exclusive ? 1 : 0 }, reverse: { int: reverse ? 1 : 0 } },
    })
    return backend.tensor(sum, x.shape)
  },
  Cumprod: cumulativeProduct,
}
