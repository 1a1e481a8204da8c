import * as tf from "@tensorflow/tfjs"
import { compile, type EngineSetting, type NamedTensors, type Program, type TensorSpecs } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import { parameterShapes } from "../policy/parameters.ts"
import { parameterSpecs, specsOf } from "../policy/specs.ts"

/**
 * The weights of projections as decoding programs take them: transposed to [out, in]. A few rows
 * times a large matrix are faster so, and the matrices are transposed once for many tokens.
 */

const isProjection = (name: string): boolean => /\.c_(attn|fc|proj)\.weight$/.test(name)

const mapProjections = <T>(weights: Readonly<Record<string, T>>, change: (value: T) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, isProjection(name) ? change(value) : value]))

export const transposedSpecs = (configuration: Configuration): TensorSpecs =>
  specsOf(mapProjections(parameterShapes(configuration), (shape) => shape.toReversed()))

/**
 * Transposes the matrices of projections and leaves other weights as they are. It is its own
 * inverse.
 */
export const transposeProjections = (weights: NamedTensors): NamedTensors => mapProjections(weights, (matrix) => tf.transpose(matrix))

/** The same as a program of the projections alone. */
export const compileTransposeProjections = (configuration: Configuration, engine: EngineSetting): Promise<Program> => {
  const matrices = Object.entries(parameterSpecs(configuration)).filter(([name]) => isProjection(name))
  return compile(transposeProjections, Object.fromEntries(matrices), engine)
}
