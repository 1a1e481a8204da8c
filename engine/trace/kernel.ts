import type * as tf from "@tensorflow/tfjs"
import { TraceError } from "../error.ts"
import type { TensorInfo, TracingBackend } from "./backend.ts"
import type { Value } from "./graph.ts"

/**
 * One run of a kernel while tracing: `inputs` and `attributes` are those of the TensorFlow.js
 * kernel of that name.
 */
export interface Call {
  readonly name: string
  readonly backend: TracingBackend
  readonly inputs: Readonly<Record<string, TensorInfo>>
  readonly attributes: Attributes
}

/** How a TensorFlow.js kernel becomes nodes. */
export type Kernel = (call: Call) => TensorInfo | Array<TensorInfo>

/** Every attribute that a kernel here reads. A call has those of its kernel. */
export interface Attributes {
  readonly activation: string
  readonly alpha: number
  readonly leakyreluAlpha: number
  readonly axis: number
  readonly batchDims: number
  readonly begin: Array<number>
  readonly beginMask: number
  readonly binaryOutput: boolean
  readonly clipValueMax: number
  readonly clipValueMin: number
  readonly constantValue: number
  readonly depth: number
  readonly dim: number
  readonly dims: number | ReadonlyArray<number>
  readonly dtype: tf.DataType
  readonly ellipsisMask: number
  readonly end: Array<number>
  readonly endMask: number
  readonly epsilon: number
  readonly equation: string
  readonly exclusive: boolean
  readonly heads: number
  readonly k: number
  readonly keepDims: boolean
  readonly keyValueHeads: number
  readonly mode: string
  readonly newAxisMask: number
  readonly num: number
  readonly numOrSizeSplits: number | Array<number>
  readonly numSegments: number
  readonly offValue: number
  readonly onValue: number
  readonly outputShape: ReadonlyArray<number>
  readonly paddings: ReadonlyArray<readonly [number, number]>
  readonly perm: ReadonlyArray<number>
  readonly reductionIndices: number | ReadonlyArray<number>
  readonly reps: ReadonlyArray<number>
  readonly reverse: boolean
  readonly shape: Array<number>
  readonly shrinkAxisMask: number
  readonly side: "left" | "right"
  readonly size: number | Array<number>
  readonly start: number
  readonly step: number
  readonly stop: number
  readonly strides: Array<number>
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly value: number
  readonly varianceEpsilon: number
}

export type Kernels = Readonly<Record<string, Kernel>>

/** The only input of a call, whatever its name. */
export const input = (inputs: Readonly<Record<string, TensorInfo>>, name = "x"): TensorInfo => {
  const found = inputs[name]
  if (found === undefined) throw new TypeError(`kernel without input ${name}`)
  return found
}

/**
 * The value of a numeric tensor. Throws a TraceError for bool, for which ONNX has no arithmetic.
 */
export const numeric = ({ name, backend }: Call, x: TensorInfo): Value => {
  if (x.dtype === "bool") throw new TraceError(name, "does not accept bool tensors: cast to int32 or float32 first")
  return backend.value(x)
}

/** Axes as positive numbers in ascending order; none given means all. */
export const axesOf = (axis: number | ReadonlyArray<number> | null | undefined, rank: number): ReadonlyArray<number> => {
  const axes = axis === null || axis === undefined ? [...Array(rank).keys()] : typeof axis === "number" ? [axis] : [...axis]
  return axes.map((each) => (each < 0 ? each + rank : each)).sort((a, b) => a - b)
}

export const broadcastShape = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): ReadonlyArray<number> => {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    return left === 1 ? right : left
  })
}
