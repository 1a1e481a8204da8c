import type { TracingBackend } from "../backend.ts"
import { sizeOf, type Value } from "../graph.ts"
import { axesOf, input, type Kernels } from "../kernel.ts"
import { multiply } from "./binary.ts"

/** Running sums and products along an axis. */

/** Moves elements along an axis by `distance`; ones come in. */
const shifted = (backend: TracingBackend, value: Value, axis: number, distance: number): Value => {
  const pads = [distance, -distance].map((amount) => value.shape.map((_, at) => (at === axis ? amount : 0)))
  return backend.node("Pad", [value, backend.graph.integers(pads.flat()), backend.scalar(1, value.type)], value.shape, value.type)
}

/** ONNX has no such operator: products over 1, 2, 4 … neighbours (Hillis & Steele 1986). */
const runningProduct = (backend: TracingBackend, value: Value, axis: number, direction: 1 | -1): Value => {
  const length = value.shape[axis] as number
  let products = value
  for (let reach = 1; reach < length; reach *= 2)
    products = multiply(backend, products, shifted(backend, products, axis, direction * reach))
  return products
}

export const cumulative: Kernels = {
  Cumsum: ({ backend, inputs, attributes }) => {
    const { axis, exclusive, reverse } = attributes
    const x = input(inputs)
    const [along = 0] = axesOf(axis, x.shape.length)
    const full = backend.full(x)
    const value = full.type === "bool" ? backend.cast(full, "int32") : full
    const sum = backend.node("CumSum", [value, backend.graph.constant([along], [], "int64")], x.shape, value.type, {
      attributes: { exclusive: { int: exclusive ? 1 : 0 }, reverse: { int: reverse ? 1 : 0 } },
    })
    return backend.tensor(sum, x.shape)
  },
  Cumprod: ({ backend, inputs, attributes }) => {
    const { axis, exclusive, reverse } = attributes
    const x = input(inputs)
    const [along = 0] = axesOf(axis, x.shape.length)
    const full = backend.full(x)
    const value = full.type === "bool" ? backend.cast(full, "int32") : full
    if (sizeOf(x.shape) === 0) return backend.tensor(value, x.shape)
    const direction = reverse ? -1 : 1
    const factors = exclusive ? shifted(backend, value, along, direction) : value
    return backend.tensor(runningProduct(backend, factors, along, direction), x.shape)
  },
}
