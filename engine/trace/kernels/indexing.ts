import { elementTypeOf } from "../backend.ts"
import { sizeOf, type Value } from "../graph.ts"
import { axesOf, input, type Kernel, type Kernels } from "../kernel.ts"
import { choose } from "./binary.ts"
import { transposed } from "./shape.ts"

/** Kernels that pick elements by index or order. */

const gather: Kernel = ({ backend, inputs, attributes }) => {
  const x = input(inputs)
  const indices = input(inputs, "indices")
  const rank = x.shape.length
  const [along = 0] = axesOf(attributes.axis, rank)
  const batch = attributes.batchDims < 0 ? attributes.batchDims + indices.shape.length : attributes.batchDims
  const type = elementTypeOf(x.dtype)
  const [outer, inner] = [x.shape.slice(0, along), x.shape.slice(along + 1)]
  const picked = indices.shape.slice(batch)
  const shape = [...outer, ...picked, ...inner]
  if (batch === 0) {
    const operands = [backend.full(x), backend.full(indices)]
    return backend.tensor(backend.node("Gather", operands, shape, type, { attributes: { axis: { int: along } } }), shape, x.dtype)
  }
  // GatherND wants the gathered axis right after the batch, and leaves the picked ones there.
  const axes = [...Array(rank).keys()]
  const forward = [...axes.slice(0, batch), along, ...axes.slice(batch, along), ...axes.slice(along + 1)]
  const places = backend.cast(backend.reshape(backend.full(indices), [...indices.shape, 1]), "int64")
  const between = along - batch
  const gathered = backend.node(
    "GatherND",
    [transposed(backend, backend.full(x), forward), places],
    [...x.shape.slice(0, batch), ...picked, ...x.shape.slice(batch, along), ...inner],
    type,
    { attributes: { batch_dims: { int: batch } } },
  )
  const all = [...Array(gathered.shape.length).keys()]
  const outerAt = batch + picked.length
  const backward = [
    ...all.slice(0, batch),
    ...all.slice(outerAt, outerAt + between),
    ...all.slice(batch, outerAt),
    ...all.slice(outerAt + between),
  ]
  return backend.tensor(transposed(backend, gathered, backward), shape, x.dtype)
}

const gatherNd: Kernel = ({ backend, inputs }) => {
  const params = input(inputs, "params")
  const indices = input(inputs, "indices")
  const depth = indices.shape.at(-1) as number
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)]
  const operands = [backend.full(params), backend.cast(backend.full(indices), "int64")]
  return backend.tensor(backend.node("GatherND", operands, shape, elementTypeOf(params.dtype)), shape)
}

const oneHot: Kernel = ({ backend, inputs, attributes }) => {
  const indices = input(inputs, "indices")
  const { depth, onValue, offValue } = attributes
  const dtype = attributes.dtype ?? "int32"
  const type = elementTypeOf(dtype)
  const shape = [...indices.shape, depth]
  // Compared with 0 … depth − 1, an index out of range matches nothing, as tfjs has it; ONNX's
  // OneHot would wrap it.
  const classes = backend.graph.constant([...Array(depth).keys()], [depth], "int32")
  const hot = backend.node("Equal", [backend.reshape(backend.full(indices), [...indices.shape, 1]), classes], shape, "bool")
  return backend.tensor(choose(backend, hot, backend.scalar(onValue, type), backend.scalar(offValue, type)), shape, dtype)
}

const topK: Kernel = ({ backend, inputs, attributes }) => {
  const x = input(inputs)
  const shape = [...x.shape.slice(0, -1), attributes.k]
  const type = elementTypeOf(x.dtype)
  // ONNX orders numbers only.
  const ordered = type === "bool" ? backend.cast(backend.full(x), "int32") : backend.full(x)
  const outputs = [
    { shape, type: ordered.type },
    { shape, type: "int64" as const },
  ]
  const [values, indices] = backend.graph.node("TopK", [ordered, backend.graph.integers([attributes.k])], outputs) as [Value, Value]
  return [backend.tensor(backend.cast(values, type), shape), backend.tensor(backend.cast(indices, "int32"), shape)]
}

/**
 * How many of a sorted row [rows, n] lie before each value [rows, k]: compared with all, since rows
 * are short.
 */
const searchSorted: Kernel = ({ backend, inputs, attributes }) => {
  const sorted = input(inputs, "sortedSequence")
  const values = input(inputs, "values")
  const [rows = 0, length = 0] = sorted.shape
  const [, wanted = 0] = values.shape
  const operation = attributes.side === "left" ? "Less" : "LessOrEqual"
  const left = backend.reshape(backend.full(sorted), [rows, 1, length])
  const right = backend.reshape(backend.full(values), [rows, wanted, 1])
  const isBefore = backend.cast(backend.node(operation, [left, right], [rows, wanted, length], "bool"), "int32")
  const counts = backend.node("ReduceSum", [isBefore, backend.graph.integers([2])], [rows, wanted], "int32", {
    attributes: { keepdims: { int: 0 } },
  })
  return backend.tensor(counts, values.shape)
}

/** x on the diagonal of zeros, [...shape, ...shape]. */
const diagonal: Kernel = ({ backend, inputs }) => {
  const x = input(inputs)
  const size = sizeOf(x.shape)
  const type = elementTypeOf(x.dtype)
  const places = backend.graph.constant([...Array(size).keys()], [size], "int32")
  const on = backend.node("Equal", [backend.reshape(places, [size, 1]), places], [size, size], "bool")
  const square = choose(backend, on, backend.reshape(backend.full(x), [size, 1]), backend.scalar(0, type))
  const shape = [...x.shape, ...x.shape]
  return backend.tensor(backend.reshape(square, shape), shape, x.dtype)
}

export const indexing: Kernels = {
  GatherV2: gather,
  GatherNd: gatherNd,
  OneHot: oneHot,
  TopK: topK,
  SearchSorted: searchSorted,
  Diag: diagonal,
}
