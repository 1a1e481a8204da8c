import type { TensorSpecs } from "../../engine/index.ts"
import type { Configuration, Shapes } from "./configuration.ts"

export const specsOf = (shapes: Shapes): TensorSpecs =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: "float32" }]))

/** Signature of a policy's parameters in a program. */
export const parameterSpecs = ({ shapes }: Configuration): TensorSpecs => specsOf(shapes)
