import type { TensorInfo } from "../backend.ts"
import type { Value } from "../graph.ts"
import { input, type Kernels } from "../kernel.ts"
import { add } from "./binary.ts"
import { gemm } from "./gemm.ts"
import { transposed } from "./shape.ts"

/**
 * Kernels of our own (see engine/fused/) that ONNX has as one operator, and their definition as
 * several.
 */

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
  LayerNorm: ({ backend, inputs, attributes: { epsilon } }) => {
    const given = ["x", "gain", "bias"].map((name) => backend.full(input(inputs, name)))
    const { shape } = input(inputs)
    const attributes = { axis: { int: 1 }, epsilon: { float: epsilon } }
    return backend.tensor(backend.node("LayerNormalization", given, shape, "float32", { attributes }), shape)
  },
  RmsNormalise: ({ backend, inputs, attributes: { epsilon } }) => {
    const x = input(inputs)
    const [rows, width] = x.shape as [number, number]
    const outputs = [x.shape, [rows, 1]].map((shape) => ({ shape, type: "float32" as const }))
    const ones = backend.graph.constant(new Float32Array(width).fill(1), [width], "float32")
    const attributes = { axis: { int: 1 }, epsilon: { float: epsilon } }
    const results = backend.graph.node("SimplifiedLayerNormalization", [backend.full(x), ones], outputs, { attributes })
    return results.map((value) => backend.tensor(value, value.shape))
  },
  Gelu: ({ backend, inputs }) => {
    const x = backend.full(input(inputs))
    const gelu = (value: Value) =>
      backend.node("Gelu", [value], value.shape, "float32", { attributes: { approximate: { string: "tanh" } } })
    // Of a transposition, the product that follows takes the matrix as it was.
    const stored = backend.untransposed.get(x)
    return backend.tensor(stored === undefined ? gelu(x) : transposed(backend, gelu(stored), [1, 0]), x.shape)
  },
  LogProbabilities: ({ backend, inputs }) => {
    const x = input(inputs)
    return backend.tensor(backend.node("LogSoftmax", [backend.full(x)], x.shape, "float32", { attributes: { axis: { int: 1 } } }), x.shape)
  },
  Linear: ({ backend, inputs }) => {
    const x = input(inputs)
    const weight = input(inputs, "weight")
    const factors = { a: backend.full(x), b: backend.full(weight), transposeA: false, transposeB: false }
    const product = gemm(backend, factors, backend.full(input(inputs, "bias")))
    return backend.tensor(product, product.shape)
  },
  /** The sum of a matrix and aᵀ · b. */
  AddProduct: ({ backend, inputs }) => {
    const [a, b] = [input(inputs, "a"), input(inputs, "b")]
    const factors = { a: backend.full(a), b: backend.full(b), transposeA: true, transposeB: false }
    const sum = gemm(backend, factors, backend.full(input(inputs, "sum")))
    return backend.tensor(sum, sum.shape)
  },
  /**
   * GroupQueryAttention splits, appends, attends and joins in one; it counts a row's positions to
   * the last new one, less one.
   */
  CachedAttention: ({ backend, inputs, attributes: { heads, keyValueHeads } }) => {
    const projected = input(inputs, "projected")
    const [batch, length, columns] = projected.shape as [number, number, number]
    const lengths = backend.full(input(inputs, "lengths"))
    const { keys, values } = inputs as Partial<Record<string, TensorInfo>>
    const capacity = keys?.shape[2] ?? length
    // Of a single row known beforehand the sum is folded to a scalar, which the operator refuses.
    const last = backend.expand(add(backend, lengths, backend.scalar(length - 1, "int32")), [batch])
    const past = [keys, values].map((info) => (info === undefined ? undefined : backend.full(info)))
    const counts = [last, backend.scalar(capacity, "int32")]
    const size = columns / (heads + 2 * keyValueHeads)
    const stored = [batch, keyValueHeads, capacity, size]
    const outputs = [[batch, length, heads * size], stored, stored].map((shape) => ({ shape, type: "float32" as const }))
    const results = backend.graph.node(
      "GroupQueryAttention",
      [backend.full(projected), undefined, undefined, ...past, ...counts],
      outputs,
      {
        domain: "com.microsoft",
        attributes: { num_heads: { int: heads }, kv_num_heads: { int: keyValueHeads } },
      },
    )
    return results.map((value) => backend.tensor(value, value.shape))
  },
}
