import { EngineError } from "./error.ts"
import type { DType, NamedValues, TensorSpec, TensorSpecs, Values } from "./program.ts"
import { sizeOf } from "./trace/graph.ts"

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const satisfies Record<DType, unknown>

/** Zeros for a tensor. */
export const allocate = ({ shape, dtype }: TensorSpec): Values => new arrays[dtype](sizeOf(shape))

/** Throws an EngineError where an input is missing, of another type or of another size. */
export const checkInputs = (signature: TensorSpecs, inputs: NamedValues): void => {
  for (const [name, { shape, dtype }] of Object.entries(signature)) {
    const values = inputs[name]
    if (values === undefined) throw new EngineError(`input ${name} is missing`)
    if (!(values instanceof arrays[dtype]) || values.length !== sizeOf(shape)) {
      throw new EngineError(`input ${name} must be ${dtype} [${shape.join(", ")}], and got ${values.constructor.name} of ${values.length}`)
    }
  }
}
