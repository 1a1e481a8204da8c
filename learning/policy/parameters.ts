import { normals } from "../../engine/random/philox.ts"
import type { Shapes } from "./configuration.ts"

/** Parameters by their names in `transformers`, each as it is stored. */
export type WeightsByName = Readonly<Record<string, Float32Array>>

/**
 * Initial parameters as GPT-2 draws them: weights from N(0, 0.02²), those that write to the
 * residual stream scaled by 1/√(2·layers), biases 0, gains 1. Each parameter has a stream of random
 * numbers of its own.
 */
export const initialParameters = (shapes: Shapes, layers: number, seed: number): WeightsByName =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape], index) => {
      if (name.includes(".ln_")) return [name, new Float32Array(sizeOf(shape)).fill(name.endsWith("weight") ? 1 : 0)]
      if (name.endsWith("bias")) return [name, new Float32Array(sizeOf(shape))]
      const deviation = name.endsWith("c_proj.weight") ? 0.02 / Math.sqrt(2 * layers) : 0.02
      return [name, drawMatrix(shape, { seed, index, deviation })]
    }),
  )

/** A matrix from N(0, deviation²), by the stream of random numbers of parameter `index`. */
export const drawMatrix = (
  shape: ReadonlyArray<number>,
  { seed, index, deviation }: { readonly seed: number; readonly index: number; readonly deviation: number },
): Float32Array => normals(seed, "initial parameters", index, new Float32Array(sizeOf(shape))).map((value) => value * deviation)

/** Elements of a tensor of this shape. */
export const sizeOf = (shape: ReadonlyArray<number>): number => shape.reduce((product, size) => product * size, 1)

/** Whether two parameters are equal to the last bit. */
export const isSameBits = (one: Float32Array, other: Float32Array): boolean =>
  Buffer.from(one.buffer, one.byteOffset, one.byteLength).equals(new Uint8Array(other.buffer, other.byteOffset, other.byteLength))
