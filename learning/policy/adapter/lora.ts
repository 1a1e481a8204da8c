import * as tf from "@tensorflow/tfjs"
import { StageError } from "assay"
import type { NamedTensors } from "../../../engine/index.ts"
import { uniforms } from "../../../engine/random/philox.ts"
import type { Configuration, Shapes } from "../configuration.ts"
import type { WeightsByName } from "../parameters.ts"
import { loraNames } from "./lora-names.ts"

/** Low-rank adapters (Hu et al. 2022) as a user asks for them. */
export interface LoraOptions {
  /** Rank r of what is added to a matrix. */
  readonly rank: number
  /** What is added is scaled by alpha / rank. */
  readonly alpha: number
  /** Ends of the names of linear maps, such as `q_proj` or `attn.c_proj`; or all of the blocks'. */
  readonly targets: "all-linear" | ReadonlyArray<string>
}

/** Adapters of a model. */
export interface Adapter {
  readonly rank: number
  readonly alpha: number
  /** Ends of the names of the linear maps that have one. */
  readonly targets: ReadonlyArray<string>
  /** Names of the linear maps that have one, without `.weight`. */
  readonly maps: ReadonlyArray<string>
  /** Of their matrices, which alone are trained. */
  readonly shapes: Shapes
}

/** The linear maps of a model's blocks, by their names without `.weight`. */
const linearMaps = ({ shapes }: Configuration): ReadonlyArray<string> =>
  Object.entries(shapes).flatMap(([name, shape]) => (shape.length === 2 && /\.\d+\./.test(name) ? [name.replace(/\.weight$/, "")] : []))

const lastPart = (name: string): string => name.slice(name.lastIndexOf(".") + 1)

/** As PEFT takes a target. */
const endsWith = (name: string, target: string): boolean => name === target || name.endsWith(`.${target}`)

/**
 * The adapters that are asked for of a model without any. Throws a StageError `Adapter` where a
 * target is none of its linear maps.
 */
export const adapterOf = (base: Configuration, { rank, alpha, targets }: LoraOptions): Adapter => {
  const all = linearMaps(base)
  const known = [...new Set(all.map(lastPart))]
  const wanted = targets === "all-linear" ? known : targets
  const unknown = wanted.find((target) => !all.some((name) => endsWith(name, target)))
  if (unknown !== undefined)
    throw new StageError("Adapter", `lora: ${JSON.stringify(unknown)} is not a linear map of the policy; it has ${known.join(", ")}`, {
      target: unknown,
    })
  const maps = all.filter((name) => wanted.some((target) => endsWith(name, target)))
  return { rank, alpha, targets: wanted, maps, shapes: shapesOf(base, maps, rank) }
}

const shapesOf = ({ shapes, isInOut }: Configuration, maps: ReadonlyArray<string>, rank: number): Shapes =>
  Object.fromEntries(
    maps.flatMap((name) => {
      const weight = `${name}.weight`
      const [first = 0, second = 0] = shapes[weight] ?? []
      const [out, input] = isInOut(weight) ? [second, first] : [first, second]
      const [down, up] = loraNames(name)
      return [[down, [rank, input]] as const, [up, [out, rank]] as const]
    }),
  )

/** What B · A is multiplied by before it is added to a weight. */
export const scaleOf = ({ alpha, rank }: Adapter): number => alpha / rank

/** A model with adapters: what it computes, and the parameters of both. */
export const adapt = (base: Configuration, adapter: Adapter): Configuration => {
  const scale = scaleOf(adapter)
  const scaled = (parameters: NamedTensors): NamedTensors => ({
    ...parameters,
    ...Object.fromEntries(
      adapter.maps.map((name) => {
        const [, up] = loraNames(name)
        return [up, tf.mul(parameters[up] as tf.Tensor, scale)]
      }),
    ),
  })
  return {
    ...base,
    adapter,
    base,
    shapes: { ...base.shapes, ...adapter.shapes },
    hiddenStates: (parameters, ...how) => base.hiddenStates(scaled(parameters), ...how),
  }
}

/**
 * Adapters that change nothing yet: A from U(−1/√in, 1/√in), as PEFT draws it, B 0. Each has a
 * stream of random numbers of its own.
 */
export const initialAdapter = ({ maps, shapes }: Adapter, seed: number): WeightsByName =>
  Object.fromEntries(
    maps.flatMap((name, index) => {
      const [down, up] = loraNames(name)
      const [[rank = 0, input = 0], [out = 0]] = [shapes[down] ?? [], shapes[up] ?? []]
      const drawn = uniforms(seed, "adapters", index, new Float32Array(rank * input))
      return [[down, drawn.map((value) => (2 * value - 1) / Math.sqrt(input))] as const, [up, new Float32Array(out * rank)] as const]
    }),
  )

/** The parameters of a model without its adapters. */
export const baseShapes = ({ base, shapes }: Configuration): Shapes => base?.shapes ?? shapes

/** Parameters by whether training changes them. */
export interface Trainable {
  readonly trained: Shapes
  readonly frozen: Shapes
}

/** Of a model with adapters those alone are trained, of another all. */
export const trainable = (configuration: Configuration): Trainable => {
  const { adapter, shapes } = configuration
  return adapter === undefined ? { trained: shapes, frozen: {} } : { trained: adapter.shapes, frozen: baseShapes(configuration) }
}

/**
 * A policy with new adapters, or the same where none are asked for. Throws a StageError `Adapter`
 * for one that has adapters already.
 */
export const withLora = <P extends { readonly configuration: Configuration; readonly parameters: WeightsByName }>(
  policy: P,
  lora: LoraOptions | null,
  seed: number,
): P => {
  if (lora === null) return policy
  if (policy.configuration.adapter !== undefined)
    throw new StageError(
      "Adapter",
      "the policy has adapters already, which `lora` would add to: train those without `lora`, or merge them first by mergeAdapters",
    )
  const adapter = adapterOf(policy.configuration, lora)
  return {
    ...policy,
    configuration: adapt(policy.configuration, adapter),
    parameters: { ...policy.parameters, ...initialAdapter(adapter, seed) },
  }
}
