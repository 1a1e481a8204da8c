import { TraceError } from "../../error.ts"
import type { TensorInfo, TracingBackend } from "../backend.ts"
import { sizeOf, type Value } from "../graph.ts"
import { broadcastShape, input, type Kernel, type Kernels, numeric } from "../kernel.ts"
import { add } from "./binary.ts"
import { gemm, gemmStack } from "./gemm.ts"
import { transposed } from "./shape.ts"
import { activations } from "./unary.ts"

/** Matrix products of tensors. */

interface Flags {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

interface Product extends Flags {
  readonly a: Value
  readonly b: Value
  readonly bias?: Value | undefined
}

const stackOf = ({ shape }: Value): ReadonlyArray<number> => shape.slice(0, -2)
const lastTwo = ({ shape }: Value): ReadonlyArray<number> => shape.slice(-2)

/** [..., rows, columns] of products of `a` and `b`, whose stacks broadcast. */
export const matrixProduct = (backend: TracingBackend, product: Product): Value => {
  const { a, b, transposeA, transposeB, bias } = product
  const rows = a.shape.at(transposeA ? -1 : -2) as number
  const columns = b.shape.at(transposeB ? -2 : -1) as number
  const shape = [...broadcastShape(stackOf(a), stackOf(b)), rows, columns]
  if (a.shape.at(transposeA ? -2 : -1) === 0) {
    const zeros = backend.expand(backend.scalar(0, a.type), shape)
    return bias === undefined ? zeros : add(backend, zeros, bias)
  }
  if (a.type !== "float32") return integerProduct(backend, product, shape)
  // A stack of left factors against one right factor is one taller product.
  const isTall = sizeOf(stackOf(b)) === 1 && !transposeA
  if (!isTall && !(sizeOf(stackOf(a)) === 1 && sizeOf(stackOf(b)) === 1)) {
    const stacked = gemmStack(backend, product, shape)
    return bias === undefined ? stacked : add(backend, stacked, bias)
  }
  const height = isTall ? sizeOf(shape.slice(0, -1)) : rows
  const left = backend.reshape(a, transposeA ? lastTwo(a) : [height, a.shape.at(-1) as number])
  const fitting = bias === undefined ? undefined : biasOf(backend, bias, height, columns)
  const flat = gemm(backend, { a: left, b: backend.reshape(b, lastTwo(b)), transposeA, transposeB }, fitting)
  const whole = backend.reshape(flat, shape)
  return bias === undefined || fitting !== undefined ? whole : add(backend, whole, bias)
}

/** A bias as Gemm takes it, if it is the same for every matrix of a stack. */
const biasOf = (backend: TracingBackend, bias: Value, height: number, columns: number): Value | undefined => {
  if (sizeOf(bias.shape) === columns && (bias.shape.at(-1) ?? 1) === columns) return backend.reshape(bias, [columns])
  return sizeOf(bias.shape) === height * columns ? backend.reshape(bias, [height, columns]) : undefined
}

const integerProduct = (backend: TracingBackend, { a, b, transposeA, transposeB, bias }: Product, shape: ReadonlyArray<number>): Value => {
  const product = backend.node("MatMul", [transposeA ? flipped(backend, a) : a, transposeB ? flipped(backend, b) : b], shape, a.type)
  return bias === undefined ? product : add(backend, product, bias)
}

const flipped = (backend: TracingBackend, value: Value): Value => {
  const rank = value.shape.length
  return transposed(backend, value, [...Array(rank - 2).keys(), rank - 1, rank - 2])
}

const batchMatMul: Kernel = (call) => {
  const { backend, inputs, attributes } = call
  const [a, b] = [input(inputs, "a"), input(inputs, "b")]
  const product = matrixProduct(backend, {
    a: backend.expand(numeric(call, a), a.shape),
    b: backend.expand(numeric(call, b), b.shape),
    transposeA: attributes.transposeA,
    transposeB: attributes.transposeB,
  })
  return backend.tensor(product, product.shape)
}

const fusedMatMul: Kernel = (call) => {
  const { backend, inputs, attributes } = call
  const { activation, leakyreluAlpha } = attributes
  const [a, b] = [input(inputs, "a"), input(inputs, "b")]
  const { bias, preluActivationWeights: slope } = inputs as Partial<Record<string, TensorInfo>>
  if (!(activation in activations)) throw new TraceError("_FusedMatMul", `activation ${activation} is unknown; apply it after the product`)
  const product = matrixProduct(backend, {
    a: backend.expand(numeric(call, a), a.shape),
    b: backend.expand(numeric(call, b), b.shape),
    transposeA: attributes.transposeA,
    transposeB: attributes.transposeB,
    bias: bias === undefined ? undefined : backend.value(bias),
  })
  const activate = activations[activation as keyof typeof activations]
  return backend.tensor(activate(backend, product, leakyreluAlpha, slope === undefined ? undefined : backend.value(slope)), product.shape)
}

export const linear: Kernels = { BatchMatMul: batchMatMul, _FusedMatMul: fusedMatMul }
