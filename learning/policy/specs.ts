import type { TensorSpecs } from "../../engine/index.ts"
import type { Configuration } from "./configuration.ts"
import { parameterShapes, type Shapes } from "./parameters.ts"

export const specsOf = (shapes: Shapes): TensorSpecs =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: "float32" }]))

/** Signature of a policy's parameters in a program. */
export const parameterSpecs = (configuration: Configuration): TensorSpecs => specsOf(parameterShapes(configuration))
