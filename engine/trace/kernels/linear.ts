import { TraceError } from "../../error.ts"
import type { TensorInfo, TracingBackend } from "../backend.ts"
import type { Value } from "../graph.ts"
import { broadcastShape, input, type Kernels } from "../kernel.ts"
import { applyBinary, binaries } from "./elementwise.ts"

/** Matrix products. Two-dimensional ones are Gemm, whose transposes cost nothing; stacks of them are FusedMatMul. */

interface Flags {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

export const matrixProduct = (backend: TracingBackend, a: Value, b: Value, { transposeA, transposeB }: Flags, bias?: Value): Value => {
  const rows = a.shape.at(transposeA ? -1 : -2) as number
  const columns = b.shape.at(transposeB ? -2 : -1) as number
  const stack = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const shape = [...stack, rows, columns]
  if (a.shape.length === 2 && b.shape.length === 2) {
    return backend.node("Gemm", [a, b, bias], shape, "float32", {
      attributes: { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } },
    })
  }
  const product =
    transposeA || transposeB
      ? backend.node("FusedMatMul", [a, b], shape, "float32", {
          domain: "com.microsoft",
          attributes: { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } },
        })
      : backend.node("MatMul", [a, b], shape, "float32")
  return bias === undefined ? product : applyBinary(backend, binaries.Add, product, bias)
}

const activate = (backend: TracingBackend, value: Value, activation: string): Value => {
  if (activation === "linear") return value
  const operation = { relu: "Relu", sigmoid: "Sigmoid", elu: "Elu" }[activation]
  if (operation === undefined) throw new TraceError("_FusedMatMul", `activation ${activation} cannot be fused; apply it after the product`)
  return backend.node(operation, [value], value.shape, "float32")
}

export const linear: Kernels = {
  BatchMatMul: ({ backend, inputs, attributes }) => {
    const product = matrixProduct(backend, backend.full(input(inputs, "a")), backend.full(input(inputs, "b")), attributes)
    return backend.tensor(product, product.shape)
  },
  _FusedMatMul: ({ backend, inputs, attributes }) => {
    const { activation } = attributes
    const bias = (inputs as Partial<Record<string, TensorInfo>>).bias
    const product = matrixProduct(
      backend,
      backend.full(input(inputs, "a")),
      backend.full(input(inputs, "b")),
      attributes,
      bias === undefined ? undefined : backend.value(bias),
    )
    return backend.tensor(activate(backend, product, activation), product.shape)
  },
  Einsum: ({ backend, inputs, attributes: { equation } }) => {
    const tensors = Object.values(inputs)
    const sizes = new Map<string, number>()
    const [left = "", right = ""] = equation.replaceAll(" ", "").split("->")
    for (const [index, letters] of left.split(",").entries()) {
      for (const [axis, letter] of [...letters].entries()) sizes.set(letter, tensors[index]?.shape[axis] as number)
    }
    const shape = [...right].map((letter) => sizes.get(letter) as number)
    const product = backend.node(
      "Einsum",
      tensors.map((tensor) => backend.full(tensor)),
      shape,
      "float32",
      { attributes: { equation: { string: equation } } },
    )
    return backend.tensor(product, shape)
  },
}
