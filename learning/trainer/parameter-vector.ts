import type { Shapes } from "../policy/configuration.ts"
import { sizeOf, type WeightsByName } from "../policy/parameters.ts"

/** Parameters one after another in one array, and each of them as a part of it, by name. */
export class ParameterVector {
  readonly values: Float32Array
  readonly parts: WeightsByName

  constructor(shapes: Shapes) {
    this.values = new Float32Array(sizeOfAll(shapes))
    let start = 0
    const parts = Object.entries(shapes).map(([name, shape]) => {
      const part = this.values.subarray(start, start + sizeOf(shape))
      start += part.length
      return [name, part] as const
    })
    this.parts = Object.fromEntries(parts)
  }
}

/** Elements of all tensors of these shapes. */
export const sizeOfAll = (shapes: Shapes): number => Object.values(shapes).reduce((total, shape) => total + sizeOf(shape), 0)
