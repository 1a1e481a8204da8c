import { TraceError } from "../../error.ts"
import { elementTypeOf, type TracingBackend } from "../backend.ts"
import type { Value } from "../graph.ts"
import { axesOf, input, type Kernels } from "../kernel.ts"

/** Kernels that pick elements by index, and their opposites that add elements up at indices. */

/** Sums `updates` into zeros of `shape` at `indices` [..., k]: equal indices add up. */
const scatterAdd = (backend: TracingBackend, indices: Value, updates: Value, shape: ReadonlyArray<number>): Value => {
  const zeros = backend.expand(backend.scalar(0, updates.type), shape)
  return backend.node("ScatterND", [zeros, backend.cast(indices, "int64"), updates], shape, updates.type, {
    attributes: { reduction: { string: "add" } },
  })
}

export const indexing: Kernels = {
  GatherV2: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const indices = input(inputs, "indices")
    const { axis, batchDims } = attributes
    const [along = 0] = axesOf(axis, x.shape.length)
    const type = elementTypeOf(x.dtype)
    const shape = [...x.shape.slice(0, along), ...indices.shape.slice(batchDims), ...x.shape.slice(along + 1)]
    if (batchDims === 0) {
      return backend.tensor(
        backend.node("Gather", [backend.full(x), backend.full(indices)], shape, type, { attributes: { axis: { int: along } } }),
        shape,
      )
    }
    if (along !== batchDims)
      throw new TraceError("GatherV2", `axis ${along} with batchDims ${batchDims} is not supported; move the gathered axis to ${batchDims}`)
    const places = backend.cast(backend.reshape(backend.full(indices), [...indices.shape, 1]), "int64")
    return backend.tensor(
      backend.node("GatherND", [backend.full(x), places], shape, type, { attributes: { batch_dims: { int: batchDims } } }),
      shape,
    )
  },
  GatherNd: ({ backend, inputs }) => {
    const params = input(inputs, "params")
    const indices = input(inputs, "indices")
    const depth = indices.shape.at(-1) as number
    const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)]
    const value = backend.node(
      "GatherND",
      [backend.full(params), backend.cast(backend.full(indices), "int64")],
      shape,
      elementTypeOf(params.dtype),
    )
    return backend.tensor(value, shape)
  },
  ScatterNd: ({ backend, inputs, attributes: { shape } }) =>
    backend.tensor(scatterAdd(backend, backend.full(input(inputs, "indices")), backend.full(input(inputs, "updates")), shape), shape),
  TensorScatterUpdate: ({ backend, inputs }) => {
    const target = input(inputs, "tensor")
    const indices = backend.cast(backend.full(input(inputs, "indices")), "int64")
    const value = backend.node(
      "ScatterND",
      [backend.full(target), indices, backend.full(input(inputs, "updates"))],
      target.shape,
      elementTypeOf(target.dtype),
    )
    return backend.tensor(value, target.shape)
  },
  UnsortedSegmentSum: ({ backend, inputs, attributes }) => {
    const x = input(inputs)
    const segments = input(inputs, "segmentIds")
    const { numSegments } = attributes
    const shape = [numSegments, ...x.shape.slice(segments.shape.length)]
    const indices = backend.reshape(backend.full(segments), [...segments.shape, 1])
    return backend.tensor(scatterAdd(backend, indices, backend.full(x), shape), shape)
  },
  OneHot: ({ backend, inputs, attributes }) => {
    const indices = input(inputs, "indices")
    const { depth, onValue, offValue, dtype } = attributes
    const type = elementTypeOf(dtype ?? "int32")
    const shape = [...indices.shape, depth]
    // Compared with 0 … depth − 1, an index out of range matches nothing, as tfjs has it; ONNX's OneHot would wrap it.
    const classes = backend.graph.constant([...Array(depth).keys()], [depth], "int32")
    const hot = backend.node("Equal", [backend.reshape(backend.full(indices), [...indices.shape, 1]), classes], shape, "bool")
    return backend.tensor(backend.node("Where", [hot, backend.scalar(onValue, type), backend.scalar(offValue, type)], shape, type), shape)
  },
  TopK: ({ backend, inputs, attributes: { k } }) => {
    const x = input(inputs)
    const shape = [...x.shape.slice(0, -1), k]
    const type = elementTypeOf(x.dtype)
    const [values, indices] = backend.graph.node(
      "TopK",
      [backend.full(x), backend.graph.integers([k])],
      [
        { shape, type },
        { shape, type: "int64" },
      ],
    ) as [Value, Value]
    return [backend.tensor(values, shape), backend.tensor(backend.cast(indices, "int32"), shape)]
  },
}
