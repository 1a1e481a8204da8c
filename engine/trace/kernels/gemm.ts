import { mostThreads } from "../../onnx/threads.ts"
import type { TracingBackend } from "../backend.ts"
import { sizeOf, type Value } from "../graph.ts"
import { add } from "./binary.ts"
import { transposed } from "./shape.ts"

/**
 * Products of matrices of floats, equal to the last bit on any number of threads.
 *
 * ONNX Runtime gives each thread a part of the result. How it groups the terms of a sum depends on
 * the part's width, and it has shorter ways for a part of one row or column, so that some products
 * round differently on two threads than on one. With a left factor that is stored transposed it
 * goes one way only (tried on thousands of shapes): products in danger are brought into that form.
 */

interface Factors {
  readonly a: Value
  readonly b: Value
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** Multiplications per thread below which ONNX Runtime takes one thread. */
const oneThread = 65_536
/** Longest sum that is always one group. */
const oneGroup = 128
/**
 * Columns per thread from which sums are always grouped alike; parts are cut at multiples of 16.
 */
const evenColumns = 64 * mostThreads + 16

const dependsOnThreads = ({ a, b, transposeA, transposeB }: Factors): boolean => {
  if (transposeA) return false
  const [rows, inner] = a.shape.slice(-2) as [number, number]
  const columns = b.shape.at(transposeB ? -2 : -1) as number
  if (sizeOf(a.shape) * columns < oneThread) return false
  const isCutAcross = columns > rows && rows > 1 && inner > oneGroup && columns <= evenColumns
  const endsInSingleRows = columns <= rows && rows < 2 * mostThreads
  return isCutAcross || endsInSingleRows || columns === 1
}

/**
 * Rows up to which a product goes faster the other way round, where the right factor is stored by
 * columns: it is not packed then.
 */
const fewRows = 64

/**
 * [rows, columns]: the product of two matrices, and `bias` [columns] or [rows, columns] added to
 * it.
 */
export const gemm = (backend: TracingBackend, given: Factors, bias?: Value): Value => {
  const factors = asStored(backend, given)
  const { a, b, transposeB } = factors
  const [rows, inner] = (factors.transposeA ? a.shape.toReversed() : a.shape) as [number, number]
  const columns = b.shape.at(transposeB ? -2 : -1) as number
  if (transposeB && rows <= fewRows && rows < columns) {
    // (a·bᵀ)ᵀ = b·aᵀ
    const exchanged = { a: b, b: a, transposeA: false, transposeB: !factors.transposeA }
    const isColumn = bias?.shape.length === 1
    const column = isColumn ? backend.reshape(bias, [columns, 1]) : undefined
    if (!dependsOnThreads(exchanged))
      return withBias(backend, transpose(backend, product(backend, exchanged, column)), isColumn ? undefined : bias)
  }
  if (!dependsOnThreads(factors)) return product(backend, factors, bias)
  // A single column is stored the same either way.
  const isUpright = !transposeB || columns === 1
  if (!isUpright || inner < columns) return product(backend, { ...factors, a: transpose(backend, a), transposeA: true }, bias)
  // (a·b)ᵀ = bᵀ·aᵀ
  const upright = backend.reshape(b, [inner, columns])
  const result = transpose(backend, product(backend, { a: upright, b: a, transposeA: true, transposeB: true }))
  return withBias(backend, backend.reshape(result, [rows, columns]), bias)
}

const withBias = (backend: TracingBackend, value: Value, bias: Value | undefined): Value =>
  bias === undefined ? value : add(backend, value, bias)

/** The same product for factors that are not transposes themselves. */
const asStored = (backend: TracingBackend, { a, b, transposeA, transposeB }: Factors): Factors => {
  const [otherA, otherB] = [backend.untransposed.get(a), backend.untransposed.get(b)]
  return {
    a: otherA ?? a,
    b: otherB ?? b,
    transposeA: transposeA !== (otherA !== undefined),
    transposeB: transposeB !== (otherB !== undefined),
  }
}

/** A stack of products [..., rows, columns]. */
export const gemmStack = (backend: TracingBackend, factors: Factors, shape: ReadonlyArray<number>): Value => {
  const stack = sizeOf(shape.slice(0, -2))
  // Where there are enough products for all threads, none is cut.
  const { a, b, transposeA, transposeB } =
    stack < mostThreads && dependsOnThreads(factors) ? { ...factors, a: transpose(backend, factors.a), transposeA: true } : factors
  if (!transposeA && !transposeB) return backend.node("MatMul", [a, b], shape, "float32")
  return backend.node("FusedMatMul", [a, b], shape, "float32", {
    domain: "com.microsoft",
    attributes: { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } },
  })
}

const product = (backend: TracingBackend, { a, b, transposeA, transposeB }: Factors, bias?: Value): Value => {
  const shape = [a.shape[transposeA ? 1 : 0] as number, b.shape[transposeB ? 0 : 1] as number]
  return backend.node("Gemm", [a, b, bias], shape, "float32", {
    attributes: { transA: { int: Number(transposeA) }, transB: { int: Number(transposeB) } },
  })
}

/** Exchanges the last two axes. */
const transpose = (backend: TracingBackend, value: Value): Value => {
  const rank = value.shape.length
  return transposed(backend, value, [...Array(rank - 2).keys(), rank - 1, rank - 2])
}
