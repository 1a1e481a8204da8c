import * as tf from "@tensorflow/tfjs"
import { compile, type EngineSetting, type NamedTensors, type Program, type TensorSpecs } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import { parameterSpecs, specsOf } from "../policy/specs.ts"

/**
 * The weights of projections as decoding programs take them: all [out, in], those transposed that a
 * policy has as [in, out]. A few rows times a large matrix are faster so, and the matrices are
 * transposed once for many tokens.
 */

const mapProjections = <T>(
  { isInOut }: Configuration,
  weights: Readonly<Record<string, T>>,
  change: (value: T) => T,
): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, isInOut(name) ? change(value) : value]))

export const transposedSpecs = (configuration: Configuration): TensorSpecs =>
  specsOf(mapProjections(configuration, configuration.shapes, (shape) => shape.toReversed()))

/**
 * Transposes the matrices of projections that are [in, out], or were, and leaves other weights as
 * they are. It is its own inverse.
 */
export const transposeProjections = (configuration: Configuration, weights: NamedTensors): NamedTensors =>
  mapProjections(configuration, weights, (matrix) => tf.transpose(matrix))

/** The same as a program of those matrices alone; nothing where there are none. */
export const compileTransposeProjections = async (configuration: Configuration, engine: EngineSetting): Promise<Program | undefined> => {
  const matrices = Object.entries(parameterSpecs(configuration)).filter(([name]) => configuration.isInOut(name))
  if (matrices.length === 0) return undefined
  return compile((weights) => transposeProjections(configuration, weights), Object.fromEntries(matrices), engine)
}
