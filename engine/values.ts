import { EngineError } from "./error.ts"
import type { DType, NamedValues, TensorSpec, TensorSpecs, Values } from "./program.ts"
import { sizeOf } from "./trace/graph.ts"

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const satisfies Record<DType, unknown>

/** Zeros for a tensor. */
export const allocate = ({ shape, dtype }: TensorSpec): Values => new arrays[dtype](sizeOf(shape))

/** Throws an EngineError if an input is missing or has another type or size. */
export const checkInputs = (signature: TensorSpecs, inputs: NamedValues): void => {
  for (const [name, spec] of Object.entries(signature)) {
    if (inputs[name] === undefined) throw new EngineError(`input ${name} is missing: pass its values`)
    checkValues(`input ${name}`, spec, inputs[name])
  }
}

/** Throws an EngineError if an array to be filled has another type or size than its output. */
export const checkOutputs = (outputs: TensorSpecs, into: NamedValues): void => {
  for (const [name, values] of Object.entries(into)) {
    const spec = outputs[name]
    if (spec !== undefined) checkValues(`output ${name}`, spec, values)
  }
}

const checkValues = (what: string, { shape, dtype }: TensorSpec, values: Values): void => {
  if (values instanceof arrays[dtype] && values.length === sizeOf(shape)) return
  throw new EngineError(`${what} expects ${dtype} [${shape.join(", ")}], got ${values?.constructor?.name} of length ${values?.length}`)
}
