import * as tf from "@tensorflow/tfjs"
import { compile, type EngineSetting, type NamedTensors, type NamedValues, type Program, type TensorSpecs } from "../../engine/index.ts"
import { uniforms } from "../../engine/random/philox.ts"
import type { Configuration } from "../policy/configuration.ts"
import { hidden, type LayerCache, logits } from "../policy/forward.ts"
import type { Parameters } from "../policy/parameters.ts"
import { parameterSpecs } from "../policy/specs.ts"

/** What to continue: the prompt's tokens, end-of-text first, and the index of its random numbers under the decoder's seed. */
export interface DecodeRequest {
  readonly prompt: Int32Array
  readonly stream: number
}

export interface Decoded {
  /** The response's tokens; the last is end-of-text if it stopped by itself. */
  readonly tokens: Int32Array
  /** Its log-probability given the prompt, at temperature 1, in nats. */
  readonly logp: number
  readonly finish: "stop" | "length"
}

export interface DecoderOptions {
  readonly configuration: Configuration
  readonly endOfText: number
  /** Rows decoded together. */
  readonly batch: number
  /** Longest response, in tokens, end-of-text included. */
  readonly longest: number
  readonly temperature: number
  /** Names the decoder's random numbers apart from others of the same seed. */
  readonly purpose: string
  readonly seed: number
  readonly engine: EngineSetting
}

/** Tokens decoded by one call of a program; keys and values cross into JavaScript once a chunk. */
const chunk = 8

/**
 * Samples responses from a policy, many prompts of unequal length at a time.
 *
 * All rows start at position 0 and go forward together: as long as a row is within its prompt, its next token is the prompt's;
 * after that it is drawn by inverting the cumulative distribution at the row's own uniform number for that position.
 * So a response depends on seed, stream and policy, not on its neighbours.
 */
export class Decoder {
  readonly #options: DecoderOptions
  readonly #programs = new Map<number, Promise<Program>>()

  constructor(options: DecoderOptions) {
    this.#options = options
  }

  async decode(parameters: Parameters, requests: ReadonlyArray<DecodeRequest>): Promise<ReadonlyArray<Decoded>> {
    const { batch } = this.#options
    // Rows of one batch should end together: short prompts with short prompts.
    const order = requests.map((_, index) => index).sort((a, b) => promptLength(requests, a) - promptLength(requests, b) || a - b)
    const results: Array<Decoded> = []
    for (let start = 0; start < order.length; start += batch) {
      const indices = order.slice(start, start + batch)
      const decoded = await this.#decodeBatch(
        parameters,
        indices.map((index) => requests[index] as DecodeRequest),
      )
      indices.forEach((index, row) => {
        results[index] = decoded[row] as Decoded
      })
    }
    return results
  }

  async #decodeBatch(parameters: Parameters, requests: ReadonlyArray<DecodeRequest>): Promise<ReadonlyArray<Decoded>> {
    const { batch, longest, configuration, seed, purpose, endOfText } = this.#options
    const limits = requests.map(({ prompt }) => Math.min(prompt.length + longest, configuration.context))
    const furthest = Math.max(...limits)
    const streams = requests.map(({ stream }) => uniforms(seed, purpose, stream, new Float32Array(furthest + chunk)))
    const tokens = requests.map(({ prompt }) => [...prompt])
    const logps = requests.map(() => 0)
    const done = requests.map(() => false)
    let caches: NamedValues = {}
    // Position 0 is end-of-text in every row; position `at` is the last one known.
    for (let at = 0; at + 1 < furthest && done.includes(false); at += chunk) {
      const current = new Int32Array(batch).fill(endOfText)
      const forced = new Int32Array(batch * chunk).fill(-1)
      const random = new Float32Array(batch * chunk)
      requests.forEach(({ prompt }, row) => {
        current[row] = tokens[row]?.[at] ?? endOfText
        for (let step = 0; step < chunk; step++) {
          forced[row * chunk + step] = prompt[at + 1 + step] ?? -1
          random[row * chunk + step] = streams[row]?.[at + 1 + step] ?? 0
        }
      })
      const program = await this.#program(at)
      const { drawn, logp, ...next } = await program.run({ current, forced, random, ...caches, ...parameters })
      caches = next
      for (const [row, { prompt }] of requests.entries()) {
        for (let step = 0; step < chunk && !done[row]; step++) {
          const position = at + 1 + step
          if (position < prompt.length) continue
          const token = drawn?.[row * chunk + step] as number
          tokens[row]?.push(token)
          logps[row] = (logps[row] as number) + (logp?.[row * chunk + step] as number)
          done[row] = token === endOfText || position + 1 >= (limits[row] as number)
        }
      }
    }
    return requests.map(({ prompt }, row) => {
      const response = Int32Array.from(tokens[row] as Array<number>).subarray(prompt.length)
      return { tokens: response, logp: logps[row] as number, finish: response.at(-1) === endOfText ? "stop" : "length" }
    })
  }

  #program(past: number): Promise<Program> {
    const { configuration, batch, temperature, engine } = this.#options
    const program =
      this.#programs.get(past) ?? compile(decodeChunk(configuration, temperature), signature(configuration, batch, past), engine)
    this.#programs.set(past, program)
    return program
  }
}

const promptLength = (requests: ReadonlyArray<DecodeRequest>, index: number): number => requests[index]?.prompt.length ?? 0

const signature = (configuration: Configuration, batch: number, past: number): TensorSpecs => {
  const { layers, heads, width } = configuration
  const cache = { shape: [batch, heads, past, width / heads], dtype: "float32" } as const
  const caches = past === 0 ? [] : Array.from({ length: layers }, (_, layer) => [`keys.${layer}`, `values.${layer}`]).flat()
  return {
    current: { shape: [batch, 1], dtype: "int32" },
    forced: { shape: [batch, chunk], dtype: "int32" },
    random: { shape: [batch, chunk], dtype: "float32" },
    ...Object.fromEntries(caches.map((name) => [name, cache])),
    ...parameterSpecs(configuration),
  }
}

/** `chunk` tokens in one graph: `drawn` int32 [batch, chunk], `logp` [batch, chunk] at temperature 1, and all keys and values so far. */
const decodeChunk =
  (configuration: Configuration, temperature: number) =>
  ({ current, forced, random, ...rest }: NamedTensors): NamedTensors => {
    let token = current as tf.Tensor2D
    let caches: ReadonlyArray<LayerCache> = cachesOf(rest, configuration.layers)
    const drawn: Array<tf.Tensor> = []
    const logps: Array<tf.Tensor> = []
    for (let step = 0; step < chunk; step++) {
      const { states, caches: next } = hidden(configuration, rest, token, caches)
      const scores = logits(rest, states)
      const column = <T extends tf.Tensor>(matrix: tf.Tensor | undefined): T =>
        tf.slice(matrix as tf.Tensor2D, [0, step], [-1, 1]) as tf.Tensor as T
      const free = inverse(tf.softmax(temperature === 1 ? scores : tf.div(scores, temperature)), column(random))
      const wanted = column<tf.Tensor2D>(forced)
      token = tf.where(tf.greaterEqual(wanted, 0), wanted, free)
      drawn.push(token)
      logps.push(tf.gather(tf.logSoftmax(scores), token, 1, 1))
      caches = next
    }
    const named = caches.flatMap(({ keys, values }, layer) => [
      [`keys.${layer}`, keys],
      [`values.${layer}`, values],
    ])
    return { drawn: tf.concat(drawn, 1), logp: tf.concat(logps, 1), ...Object.fromEntries(named) }
  }

const cachesOf = (inputs: NamedTensors, layers: number): ReadonlyArray<LayerCache> =>
  inputs["keys.0"] === undefined
    ? []
    : Array.from({ length: layers }, (_, layer) => ({
        keys: inputs[`keys.${layer}`] as tf.Tensor4D,
        values: inputs[`values.${layer}`] as tf.Tensor4D,
      }))

/** The first token whose cumulative probability exceeds `random` [batch, 1]: `probabilities` [batch, vocabulary] → int32 [batch, 1]. */
const inverse = (probabilities: tf.Tensor2D, random: tf.Tensor2D): tf.Tensor2D => {
  const below = tf.lessEqual(tf.cumsum(probabilities, 1), random)
  const count = tf.sum(tf.cast(below, "int32"), 1, true)
  // Rounding can leave the last cumulative probability below 1.
  return tf.minimum(count, tf.scalar((probabilities.shape[1] as number) - 1, "int32"))
}
