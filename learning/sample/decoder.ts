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

/** A response in the making. */
interface Row {
  readonly prompt: Int32Array
  /** One uniform number for each position. */
  readonly random: Float32Array
  /** Longest sequence, prompt included. */
  readonly limit: number
  /** Prompt and response so far. */
  readonly tokens: Array<number>
  logp: number
  done: boolean
  /** This row's keys and values of every layer, as the last chunk left them. */
  caches: ReadonlyArray<Float32Array>
}

/**
 * Samples responses from a policy, many prompts of unequal length at a time.
 *
 * All rows start at position 0 and go forward a chunk at a time. As long as a row is within its prompt, its next token is the
 * prompt's; after that it is drawn by inverting the cumulative distribution at the row's own uniform number for that position.
 * So what a row draws depends on seed, stream and policy, and on its neighbours only by rounding. After each chunk the rows that have
 * ended leave, and the others close ranks.
 */
export class Decoder {
  readonly #options: DecoderOptions
  readonly #programs = new Map<string, Promise<Program>>()

  constructor(options: DecoderOptions) {
    this.#options = options
  }

  async decode(parameters: Parameters, requests: ReadonlyArray<DecodeRequest>): Promise<ReadonlyArray<Decoded>> {
    const { endOfText } = this.#options
    const rows = requests.map((request) => this.#start(request))
    let alive = rows
    for (let at = 0; alive.length > 0; at += chunk) {
      for (let start = 0; start < alive.length; start += this.#options.batch) {
        await this.#advance(parameters, alive.slice(start, start + this.#options.batch), at)
      }
      alive = alive.filter(({ done }) => !done)
    }
    return rows.map(({ prompt, tokens, logp }) => {
      const response = Int32Array.from(tokens).subarray(prompt.length)
      return { tokens: response, logp, finish: response.at(-1) === endOfText ? "stop" : "length" }
    })
  }

  #start({ prompt, stream }: DecodeRequest): Row {
    const { longest, configuration, seed, purpose } = this.#options
    const limit = Math.min(prompt.length + longest, configuration.context)
    const random = uniforms(seed, purpose, stream, new Float32Array(limit))
    return { prompt, random, limit, tokens: [...prompt], logp: 0, done: prompt.length >= limit, caches: [] }
  }

  /** One chunk, from position `at`, for at most `batch` rows. */
  async #advance(parameters: Parameters, rows: ReadonlyArray<Row>, at: number): Promise<void> {
    const { endOfText, configuration } = this.#options
    const size = this.#sizeFor(rows.length)
    const steps = stepsAt(configuration, at)
    const current = new Int32Array(size).fill(endOfText)
    const forced = new Int32Array(size * steps).fill(-1)
    const random = new Float32Array(size * steps)
    for (const [index, row] of rows.entries()) {
      current[index] = row.tokens[at] ?? endOfText
      for (let step = 0; step < steps; step++) {
        forced[index * steps + step] = row.prompt[at + 1 + step] ?? -1
        random[index * steps + step] = row.random[at + 1 + step] ?? 0
      }
    }
    const program = await this.#program(size, at)
    const outputs = await program.run({ current, forced, random, ...packCaches(cacheNames(configuration), rows, size, at), ...parameters })
    const drawn = outputs.drawn as Int32Array
    const logp = outputs.logp as Float32Array
    const caches = cacheNames(configuration).map((name) => outputs[name] as Float32Array)
    for (const [index, row] of rows.entries()) {
      row.caches = caches.map((all) => all.subarray((index * all.length) / size, ((index + 1) * all.length) / size))
      for (let step = 0; step < steps && !row.done; step++) {
        const position = at + 1 + step
        if (position < row.prompt.length) continue
        const token = drawn[index * steps + step] as number
        row.tokens.push(token)
        row.logp += logp[index * steps + step] as number
        row.done = token === endOfText || position + 1 >= row.limit
      }
    }
  }

  /** The smallest of a few batch sizes that holds so many rows: each size is a program of its own. */
  #sizeFor(rows: number): number {
    const { batch } = this.#options
    const sizes = [batch / 8, batch / 4, batch / 2].filter((size) => Number.isInteger(size) && size >= 8)
    return sizes.find((size) => size >= rows) ?? batch
  }

  #program(size: number, past: number): Promise<Program> {
    const { configuration, temperature, engine } = this.#options
    const key = `${size} ${past}`
    const program =
      this.#programs.get(key) ??
      compile(decodeChunk(configuration, temperature, stepsAt(configuration, past)), signature(configuration, size, past), engine)
    this.#programs.set(key, program)
    return program
  }
}

/** Tokens that a chunk from position `at` decodes: there are no positions beyond the context. */
const stepsAt = ({ context }: Configuration, at: number): number => Math.min(chunk, context - at)

const cacheNames = ({ layers }: Configuration): ReadonlyArray<string> =>
  Array.from({ length: layers }, (_, layer) => [`keys.${layer}`, `values.${layer}`]).flat()

const packCaches = (names: ReadonlyArray<string>, rows: ReadonlyArray<Row>, size: number, past: number): NamedValues => {
  if (past === 0) return {}
  const packed = names.map((name, which) => {
    const width = rows[0]?.caches[which]?.length ?? 0
    const all = new Float32Array(size * width)
    for (const [index, row] of rows.entries()) all.set(row.caches[which] as Float32Array, index * width)
    return [name, all] as const
  })
  return Object.fromEntries(packed)
}

const signature = (configuration: Configuration, batch: number, past: number): TensorSpecs => {
  const { heads, width } = configuration
  const cache = { shape: [batch, heads, past, width / heads], dtype: "float32" } as const
  const caches = past === 0 ? [] : cacheNames(configuration)
  return {
    current: { shape: [batch, 1], dtype: "int32" },
    forced: { shape: [batch, stepsAt(configuration, past)], dtype: "int32" },
    random: { shape: [batch, stepsAt(configuration, past)], dtype: "float32" },
    ...Object.fromEntries(caches.map((name) => [name, cache])),
    ...parameterSpecs(configuration),
  }
}

/** `steps` tokens in one graph: `drawn` int32 [batch, steps], `logp` [batch, steps] at temperature 1, and all keys and values so far. */
const decodeChunk =
  (configuration: Configuration, temperature: number, steps: number) =>
  ({ current, forced, random, ...rest }: NamedTensors): NamedTensors => {
    let token = current as tf.Tensor2D
    let caches: ReadonlyArray<LayerCache> = cachesOf(rest, configuration.layers)
    const drawn: Array<tf.Tensor> = []
    const logps: Array<tf.Tensor> = []
    for (let step = 0; step < steps; step++) {
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
