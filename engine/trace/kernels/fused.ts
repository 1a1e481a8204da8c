import type { Value } from "../graph.ts"
import { input, type Kernels } from "../kernel.ts"
import { gemm } from "./gemm.ts"

/** Kernels of our own (see engine/fused/) that ONNX has as one operator, and their definition as several. */

export const fused: Kernels = {
  Standardise: ({ backend, inputs, attributes: { epsilon } }) => {
    const x = input(inputs)
    const [rows, width] = x.shape as [number, number]
    const outputs = [x.shape, [rows, 1], [rows, 1]].map((shape) => ({ shape, type: "float32" as const }))
    const ones = backend.graph.constant(new Float32Array(width).fill(1), [width], "float32")
    const attributes = { axis: { int: 1 }, epsilon: { float: epsilon } }
    const [value, , inverse] = backend.graph.node("LayerNormalization", [backend.full(x), ones], outputs, { attributes }) as [
      Value,
      Value,
      Value,
    ]
    return [backend.tensor(value, value.shape), backend.tensor(inverse, inverse.shape)]
  },
  Linear: ({ backend, inputs }) => {
    const x = input(inputs)
    const weight = input(inputs, "weight")
    const factors = { a: backend.full(x), b: backend.full(weight), transposeA: false, transposeB: false }
    const product = gemm(backend, factors, backend.full(input(inputs, "bias")))
    return backend.tensor(product, product.shape)
  },
}
