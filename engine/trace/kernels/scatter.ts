import { elementTypeOf, type TensorInfo, type TracingBackend } from "../backend.ts"
import { sizeOf, type Value } from "../graph.ts"
import { type Call, input, type Kernels } from "../kernel.ts"
import { add, choose, compare } from "./binary.ts"

/**
 * Kernels that put or add elements at indices. Where indices repeat, additions happen in their
 * order, and the last put stays.
 */

/**
 * ONNX Runtime spreads a scatter over its threads without minding equal indices, so that additions
 * get lost and another thread's element may be the last. It keeps to one thread up to 210,000
 * elements of updates (its cost model counts an element as a cycle), so a larger scatter is a chain
 * of smaller ones, each on a copy of the result of the one before.
 */
const linkElements = 150_000

type Reduction = "none" | "add"

const scatter = (backend: TracingBackend, target: Value, indices: Value, updates: Value, reduction: Reduction): Value => {
  const depth = indices.shape.at(-1) as number
  const rows = sizeOf(indices.shape.slice(0, -1))
  const row = updates.shape.slice(indices.shape.length - 1)
  const width = sizeOf(row)
  if (rows * width === 0) return target
  const flatIndices = backend.cast(backend.reshape(indices, [rows, depth]), "int64")
  const flatUpdates = backend.reshape(updates, [rows, ...row])
  const step = Math.max(1, Math.floor(linkElements / width))
  let result = target
  for (let start = 0; start < rows; start += step) {
    const count = Math.min(step, rows - start)
    const part = (value: Value): Value => slots(backend, value, start, count)
    result = backend.node("ScatterND", [result, part(flatIndices), part(flatUpdates)], target.shape, target.type, {
      attributes: { reduction: { string: reduction } },
    })
  }
  return result
}

/** `count` entries of the first axis. */
const slots = (backend: TracingBackend, value: Value, start: number, count: number): Value => {
  if (count === value.shape[0]) return value
  const { graph } = backend
  const bounds = [graph.integers([start]), graph.integers([start + count]), graph.integers([0])]
  return backend.node("Slice", [value, ...bounds], [count, ...value.shape.slice(1)], value.type)
}

/** Whether each of `ids` int32 is one of 0 … count − 1. */
const inRange = (backend: TracingBackend, ids: Value, count: number): Value =>
  backend.node(
    "And",
    [compare(backend, "GreaterEqual", ids, backend.scalar(0, "int32")), compare(backend, "Less", ids, backend.scalar(count, "int32"))],
    ids.shape,
    "bool",
  )

/**
 * Sums rows of `updates` [ids..., rest...] into [count, rest...]; an id out of range adds to a row
 * that is left out.
 */
const segmentSum = (backend: TracingBackend, ids: Value, updates: Value, count: number): Value => {
  const rest = updates.shape.slice(ids.shape.length)
  const zeros = backend.expand(backend.scalar(0, updates.type), [count + 1, ...rest])
  const valid = choose(backend, inRange(backend, ids, count), ids, backend.scalar(count, "int32"))
  const sums = scatter(backend, zeros, backend.reshape(valid, [...ids.shape, 1]), updates, "add")
  return slots(backend, sums, 0, count)
}

/**
 * Histograms of each row of `x` over 0 … size − 1, weighted if there are weights, as [rows, size]
 * of the weights' type. Other numbers are not counted.
 */
const histograms = ({ backend, inputs, attributes }: Call, rows: number): Value => {
  const x = input(inputs)
  const weights = input(inputs, "weights")
  const type = elementTypeOf(weights.dtype)
  const size = attributes.size as number
  const all = sizeOf(x.shape)
  const ids = backend.reshape(backend.full(x), [all])
  // A row's counts follow those of the row before.
  const firsts = Array.from({ length: all }, (_, index) => Math.floor((index * rows) / all) * size)
  const places = add(backend, ids, backend.graph.constant(firsts, [all], "int32"))
  const valid = choose(backend, inRange(backend, ids, size), places, backend.scalar(-1, "int32"))
  const isWeighted = sizeOf(weights.shape) > 0 && attributes.binaryOutput !== true
  const added = isWeighted ? backend.reshape(backend.full(weights), [all]) : backend.expand(backend.scalar(1, type), [all])
  const counts = backend.reshape(segmentSum(backend, valid, added, rows * size), [rows, size])
  return attributes.binaryOutput === true ? backend.cast(backend.cast(counts, "bool"), type) : counts
}

/** Indices as [..., depth]; a plain list of them has depth 1. */
const placesOf = (backend: TracingBackend, indices: TensorInfo): Value =>
  backend.reshape(backend.full(indices), indices.shape.length > 1 ? indices.shape : [sizeOf(indices.shape), 1])

export const scatters: Kernels = {
  ScatterNd: ({ backend, inputs, attributes }) => {
    const updates = backend.full(input(inputs, "updates"))
    const target = backend.expand(backend.scalar(0, updates.type), attributes.shape)
    return backend.tensor(scatter(backend, target, placesOf(backend, input(inputs, "indices")), updates, "add"), attributes.shape)
  },
  TensorScatterUpdate: ({ backend, inputs }) => {
    const target = input(inputs, "tensor")
    const places = placesOf(backend, input(inputs, "indices"))
    return backend.tensor(scatter(backend, backend.full(target), places, backend.full(input(inputs, "updates")), "none"), target.shape)
  },
  SparseToDense: ({ backend, inputs, attributes }) => {
    const shape = attributes.outputShape
    const places = placesOf(backend, input(inputs, "sparseIndices"))
    const updates = backend.expand(backend.value(input(inputs, "sparseValues")), places.shape.slice(0, 1))
    const target = backend.expand(backend.value(input(inputs, "defaultValue")), shape)
    return backend.tensor(scatter(backend, target, places, updates, "none"), shape)
  },
  UnsortedSegmentSum: ({ backend, inputs, attributes }) => {
    const sums = segmentSum(backend, backend.full(input(inputs, "segmentIds")), backend.full(input(inputs)), attributes.numSegments)
    return backend.tensor(sums, sums.shape)
  },
  Bincount: (call) => {
    const size = call.attributes.size as number
    return call.backend.tensor(call.backend.reshape(histograms(call, 1), [size]), [size])
  },
  DenseBincount: (call) => {
    const x = input(call.inputs)
    const shape = [...x.shape.slice(0, -1), call.attributes.size as number]
    return call.backend.tensor(call.backend.reshape(histograms(call, x.shape.length === 2 ? (x.shape[0] as number) : 1), shape), shape)
  },
}
