import type * as tf from "@tensorflow/tfjs"
import type { TensorInfo, TracingBackend } from "./backend.ts"

/** How a TensorFlow.js kernel becomes nodes. `inputs` and `attributes` are those of the kernel of that name. */
export type Kernel = (call: {
  readonly backend: TracingBackend
  readonly inputs: Readonly<Record<string, TensorInfo>>
  readonly attributes: Attributes
}) => TensorInfo | Array<TensorInfo>

/** Every attribute that a kernel here reads. TensorFlow.js gives a kernel those of its own. */
export interface Attributes {
  readonly activation: string
  readonly alpha: number
  readonly axis: number
  readonly batchDims: number
  readonly begin: Array<number>
  readonly beginMask: number
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
  readonly k: number
  readonly keepDims: boolean
  readonly mode: string
  readonly newAxisMask: number
  readonly num: number
  readonly numOrSizeSplits: number | Array<number>
  readonly numSegments: number
  readonly offValue: number
  readonly onValue: number
  readonly paddings: ReadonlyArray<readonly [number, number]>
  readonly perm: ReadonlyArray<number>
  readonly reductionIndices: number | ReadonlyArray<number>
  readonly reps: ReadonlyArray<number>
  readonly reverse: boolean
  readonly shape: Array<number>
  readonly shrinkAxisMask: number
  readonly size: number | Array<number>
  readonly start: number
  readonly step: number
  readonly stop: number
  readonly strides: Array<number>
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly value: number
}

export type Kernels = Readonly<Record<string, Kernel>>

/** The only tensor of a call, whatever the kernel calls it. */
export const input = (inputs: Readonly<Record<string, TensorInfo>>, name = "x"): TensorInfo => {
  const found = inputs[name]
  if (found === undefined) throw new TypeError(`kernel without input ${name}`)
  return found
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
