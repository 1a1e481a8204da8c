import * as tf from "@tensorflow/tfjs"
import { sizeOf } from "./trace/graph.ts"

/** The WebAssembly backend of TensorFlow.js, with the kernels that it lacks and training needs. */
export const loadWasm = async (): Promise<void> => {
  await import("@tensorflow/tfjs-backend-wasm")
  if (tf.getKernel("UnsortedSegmentSum", "wasm") !== undefined) return
  tf.registerKernel({
    kernelName: "UnsortedSegmentSum",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs as Readonly<Record<"x" | "segmentIds", tf.TensorInfo>>
      const { numSegments } = attrs as unknown as { readonly numSegments: number }
      const store = backend as tf.KernelBackend
      const ids = store.readSync(segmentIds.dataId) as Int32Array
      const row = x.shape.slice(segmentIds.shape.length)
      const shape = [numSegments, ...row]
      const values = store.readSync(x.dataId) as Numbers
      const sums = values instanceof Int32Array ? new Int32Array(sizeOf(shape)) : new Float32Array(sizeOf(shape))
      addSegments(sums, values, ids, sizeOf(row))
      return { dataId: store.write(sums, shape, x.dtype), shape, dtype: x.dtype }
    },
  })
}

type Numbers = Float32Array | Int32Array

/** Adds each row of `x` to the sum of its id; rows whose id is out of range are left out. */
const addSegments = (sums: Numbers, x: Numbers, ids: Int32Array, width: number): void => {
  for (const [row, id] of ids.entries()) {
    if (id < 0 || (id + 1) * width > sums.length) continue
    for (let column = 0; column < width; column++) {
      sums[id * width + column] = (sums[id * width + column] as number) + (x[row * width + column] as number)
    }
  }
}
