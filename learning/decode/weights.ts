import * as tf from "@tensorflow/tfjs"
import { compile, type EngineSetting, type NamedTensors, type Program, type TensorSpecs } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import { parameterShapes } from "../policy/parameters.ts"
import { parameterSpecs, specsOf } from "../policy/specs.ts"

/**
 * A policy's parameters as programs for decoding take them: the matrices of its projections turned to [out, in]. A few rows times a large
 * matrix are computed faster so, and the matrices are turned once for many tokens.
 */

const isTurned = (name: string): boolean => /\.c_(attn|fc|proj)\.weight$/.test(name)

const mapped = <T>(of: Readonly<Record<string, T>>, change: (value: T) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, isTurned(name) ? change(value) : value]))

export const turnedSpecs = (configuration: Configuration): TensorSpecs =>
  specsOf(mapped(parameterShapes(configuration), (shape) => shape.toReversed()))

/** The parameters as the forward pass knows them, inside a program that takes turned ones. */
export const asDeclared = (turned: NamedTensors): NamedTensors => mapped(turned, (matrix) => tf.transpose(matrix))

/** The parameters, those matrices turned that are. */
export const compileTurning = (configuration: Configuration, engine: EngineSetting): Promise<Program> => {
  const matrices = Object.entries(parameterSpecs(configuration)).filter(([name]) => isTurned(name))
  return compile(asDeclared, Object.fromEntries(matrices), engine)
}
