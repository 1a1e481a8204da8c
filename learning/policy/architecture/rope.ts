import * as tf from "@tensorflow/tfjs"
import type { Rotation } from "../../../engine/index.ts"
import { type ConfigReader, unsupportedKey } from "./config-file.ts"

/**
 * Rotary position embedding: the frequency (radians per position) at which each pair of a head's
 * elements turns, float32.
 */
export interface Rope {
  readonly frequencies: Float32Array
  /** As `config.json` has it. */
  readonly config: Readonly<Record<string, unknown>>
}

/** Cosine and sine at each position, int32 [rows], in float32 as in `transformers`. */
export const rotationAt = ({ frequencies }: Rope, positions: tf.Tensor1D): Rotation => {
  const angles = tf.mul(tf.expandDims(tf.cast(positions, "float32"), 1), tf.tensor2d(frequencies, [1, frequencies.length])) as tf.Tensor2D
  return { cosine: tf.cos(angles), sine: tf.sin(angles) }
}

type Numbers = Readonly<Record<string, unknown>>

/**
 * Reads the keys of RoPE, as `transformers` 4 (`rope_theta`, `rope_scaling`) and 5
 * (`rope_parameters`) write them. `size` is the number of elements of a head that are turned.
 * Refuses every scaling but `linear` and `llama3`, by its name.
 */
export const readRope = (config: ConfigReader, size: number, otherwise: number): Rope => {
  const key = config.value("rope_parameters") === undefined ? "rope_scaling" : "rope_parameters"
  const given = config.value(key) ?? {}
  if (typeof given !== "object" || Array.isArray(given)) throw unsupportedKey(key, "is not an object")
  const numbers = given as Numbers
  const number = (name: string): number => {
    const value = numbers[name]
    if (typeof value === "number" && Number.isFinite(value) && value > 0) return value
    throw unsupportedKey(key, `has ${name} ${JSON.stringify(value)}; expected a number above 0`)
  }
  const theta = numbers.rope_theta === undefined ? config.positive("rope_theta", otherwise) : number("rope_theta")
  const plain = Float32Array.from({ length: size / 2 }, (_, pair) => 1 / Math.fround(theta ** ((2 * pair) / size)))
  const type = numbers.rope_type ?? numbers.type ?? "default"
  if (type === "default") return { frequencies: plain, config: { rope_theta: theta } }
  if (type === "linear") {
    const factor = number("factor")
    return {
      frequencies: plain.map((frequency) => frequency / factor),
      config: { rope_theta: theta, rope_scaling: { rope_type: "linear", factor } },
    }
  }
  if (type !== "llama3")
    throw unsupportedKey(key, `has rope_type ${JSON.stringify(type)}, and only "default", "linear" and "llama3" are supported`)
  const scaling = {
    factor: number("factor"),
    low_freq_factor: number("low_freq_factor"),
    high_freq_factor: number("high_freq_factor"),
    original_max_position_embeddings: number("original_max_position_embeddings"),
  }
  return {
    frequencies: plain.map(scaleAsLlama3(scaling)),
    config: { rope_theta: theta, rope_scaling: { rope_type: "llama3", ...scaling } },
  }
}

/**
 * Llama 3's scaling (Grattafiori et al. 2024, and `_compute_llama3_parameters` of `transformers`):
 * what turns slowly over the original context is slowed by the factor, what turns fast stays, and
 * between the two wavelengths both are mixed.
 */
const scaleAsLlama3 =
  (scaling: Readonly<Record<"factor" | "low_freq_factor" | "high_freq_factor" | "original_max_position_embeddings", number>>) =>
  (frequency: number): number => {
    const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: context } = scaling
    const wavelength = (2 * Math.PI) / frequency
    if (wavelength > context / low) return frequency / factor
    if (wavelength < context / high) return frequency
    const smooth = (context / wavelength - low) / (high - low)
    return ((1 - smooth) * frequency) / factor + smooth * frequency
  }
