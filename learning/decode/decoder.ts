import { StageError } from "assay"
import type { EngineSetting, NamedValues, Program } from "../../engine/index.ts"
import { uniforms } from "../../engine/random/philox.ts"
import type { Configuration } from "../policy/configuration.ts"
import type { Parameters } from "../policy/parameters.ts"
import { truncatePrompt } from "../policy/truncate.ts"
import { type Beginning, RowMemory } from "./memory.ts"
import { cacheNames, compileDecoding, compileReading } from "./programs.ts"
import { compileTurning } from "./weights.ts"

/** What to continue: the prompt's tokens, end-of-text first, and the index of its random numbers under the decoder's seed. */
export interface DecodeRequest {
  readonly prompt: Int32Array
  readonly stream: number
}

export interface Decoded {
  /** The prompt's tokens as the policy read them. */
  readonly prompt: Int32Array
  /** Tokens of the prompt's beginning that were cut, so that there was room for a response (see `truncatePrompt`). */
  readonly promptCut: number
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
  readonly batchSize: number
  /** Longest response, in tokens, end-of-text included. */
  readonly maxNewTokens: number
  readonly temperature: number
  /** Names the decoder's random numbers apart from others of the same seed. */
  readonly purpose: string
  readonly seed: number
  readonly engine: EngineSetting
}

/** Tokens drawn by one call of a program; keys and values cross into JavaScript once a chunk. */
const chunk = 8
/** Prompts read by one call. */
const together = 32
/** Lengths of prompts, and room for positions, are rounded up to multiples of these, so that few programs serve all. */
const promptStep = 8
const roomStep = 16

/** A response in the making. */
interface Row {
  readonly prompt: Int32Array
  readonly promptCut: number
  /** One uniform number for each position. */
  readonly random: Float32Array
  /** Longest sequence, prompt included. */
  readonly limit: number
  /** Prompt and response so far. */
  readonly tokens: Array<number>
  /** What stands before the prompt's last token, once that was read and until the row begins. */
  beginning: Beginning | undefined
  logp: number
  done: boolean
}

/**
 * Samples responses from a policy, many prompts of unequal length at a time.
 *
 * Every row stands at a position of its own. Prompts are read whole, equal ones once, and where a row has ended the next one begins. A
 * token is drawn by inverting the cumulative distribution at the row's own uniform number for that position, so what a row draws
 * depends on seed, stream and policy, and on its neighbours only by rounding.
 */
export class Decoder {
  readonly #options: DecoderOptions
  readonly #programs = new Map<string, Promise<Program>>()
  readonly #memories = new Map<string, RowMemory>()

  /** Throws a StageError `ContextTooShort` where the context has no room for a token behind a prompt's first. */
  constructor(options: DecoderOptions) {
    const { context } = options.configuration
    if (context < 2)
      throw new StageError("ContextTooShort", `a context of ${context} token has no room for a response; use a policy with a larger one`)
    this.#options = options
  }

  async decode(policy: Parameters, requests: ReadonlyArray<DecodeRequest>): Promise<ReadonlyArray<Decoded>> {
    const { endOfText, batchSize } = this.#options
    const parameters = { ...policy, ...(await this.#turned(policy)) }
    const rows = requests.map((request) => this.#start(request))
    // Taken from its end, so that prompts of like length are read together.
    const queue = [...rows].sort((a, b) => b.prompt.length - a.prompt.length)
    let slots: ReadonlyArray<Row | undefined> = []
    let memory = this.#memory(0, 0)
    for (;;) {
      const staying = slots.flatMap((row, slot) => (row === undefined || row.done ? [] : [slot]))
      const count = Math.min(batchSize, staying.length + queue.length)
      if (count === 0) break
      const arriving = Array.from({ length: count - staying.length }, () => queue.pop() as Row)
      await this.#read(parameters, arriving, queue)
      const longest = [...staying.map((slot) => slots[slot] as Row), ...arriving].reduce(
        (most, { tokens }) => Math.max(most, tokens.length),
        0,
      )
      // The last token of each has not been read.
      const next = this.#memory(this.#sizeFor(count), roundedUp(longest - 1 + chunk, roomStep))
      if (next !== memory) next.take(memory, staying)
      const kept = next === memory ? slots.map((row) => (row?.done ? undefined : row)) : staying.map((slot) => slots[slot])
      slots = Array.from({ length: next.shape.rows }, (_, slot) => kept[slot] ?? this.#begin(arriving.pop(), next, slot))
      memory = next
      await this.#advance(parameters, slots, memory)
    }
    return rows.map(({ prompt, promptCut, tokens, logp }) => {
      const response = Int32Array.from(tokens).subarray(prompt.length)
      return { prompt, promptCut, tokens: response, logp, finish: response.at(-1) === endOfText ? "stop" : "length" }
    })
  }

  #start({ prompt: whole, stream }: DecodeRequest): Row {
    const { maxNewTokens, configuration, seed, purpose } = this.#options
    const { prompt, cut } = truncatePrompt(whole, { context: configuration.context, maxNewTokens })
    const limit = Math.min(prompt.length + maxNewTokens, configuration.context)
    const random = uniforms(seed, purpose, stream, new Float32Array(limit))
    return { prompt, promptCut: cut.promptTokens, random, limit, tokens: [...prompt], beginning: undefined, logp: 0, done: false }
  }

  /** Keys and values for so many rows of up to so many positions; the same object for the same numbers, with whatever it held last. */
  #memory(rows: number, capacity: number): RowMemory {
    const { configuration } = this.#options
    const { heads, width } = configuration
    const key = `${rows} ${capacity}`
    const memory =
      this.#memories.get(key) ?? new RowMemory({ names: cacheNames(configuration), rows, heads, capacity, size: width / heads })
    this.#memories.set(key, memory)
    return memory
  }

  /** Takes a row, if there is one, into a slot. */
  #begin(row: Row | undefined, memory: RowMemory, slot: number): Row | undefined {
    if (row === undefined) return undefined
    memory.begin(slot, row.beginning as Beginning)
    row.beginning = undefined
    return row
  }

  /** Sees to it that the prompts of the arriving rows have been read, all but their last tokens, and with them those that come next. */
  async #read(parameters: NamedValues, arriving: ReadonlyArray<Row>, queue: ReadonlyArray<Row>): Promise<void> {
    while (arriving.some(({ beginning }) => beginning === undefined)) {
      const prompts = new Map<string, { readonly prompt: Int32Array; readonly rows: Array<Row> }>()
      for (const row of [...arriving.filter(({ beginning }) => beginning === undefined), ...queue.toReversed()]) {
        const key = row.prompt.join()
        if (prompts.size === together && !prompts.has(key)) break
        const same = prompts.get(key) ?? { prompt: row.prompt, rows: [] }
        same.rows.push(row)
        prompts.set(key, same)
      }
      await this.#readTogether(parameters, [...prompts.values()])
    }
  }

  async #readTogether(
    parameters: NamedValues,
    prompts: ReadonlyArray<{ readonly prompt: Int32Array; readonly rows: ReadonlyArray<Row> }>,
  ): Promise<void> {
    const longest = Math.max(...prompts.map(({ prompt }) => prompt.length - 1))
    const length = Math.min(this.#options.configuration.context, roundedUp(longest, promptStep))
    const tokens = new Int32Array(together * length)
    for (const [index, { prompt }] of prompts.entries()) tokens.set(prompt.subarray(0, -1), index * length)
    const read = length === 0 ? {} : await (await this.#reading(length)).run({ tokens, ...parameters })
    for (const [index, { prompt, rows }] of prompts.entries()) {
      const part = (all: Float32Array) => all.subarray((index * all.length) / together, ((index + 1) * all.length) / together)
      const values = Object.fromEntries(Object.entries(read).map(([name, all]) => [name, part(all as Float32Array)]))
      for (const row of rows) row.beginning = { positions: prompt.length - 1, room: length, values }
    }
  }

  /** One chunk. */
  async #advance(parameters: NamedValues, slots: ReadonlyArray<Row | undefined>, memory: RowMemory): Promise<void> {
    const { endOfText } = this.#options
    const current = new Int32Array(slots.length)
    const lengths = new Int32Array(slots.length)
    const random = new Float32Array(slots.length * chunk)
    for (const [slot, row] of slots.entries()) {
      if (row === undefined) continue
      current[slot] = row.tokens.at(-1) as number
      lengths[slot] = row.tokens.length - 1
      random.set(row.random.subarray(row.tokens.length, row.tokens.length + chunk), slot * chunk)
    }
    const program = await this.#decoding(slots.length, memory.shape.capacity)
    const { drawn, logp } = await program.run({ current, lengths, random, ...memory.inputs, ...parameters }, memory.outputs)
    memory.turn()
    for (const [slot, row] of slots.entries()) {
      for (let step = 0; step < chunk && row !== undefined && !row.done; step++) {
        const token = drawn?.[slot * chunk + step] as number
        row.tokens.push(token)
        row.logp += logp?.[slot * chunk + step] as number
        row.done = token === endOfText || row.tokens.length >= row.limit
      }
    }
  }

  /** The smallest of a few batch sizes that holds so many rows: each size is a program of its own. */
  #sizeFor(rows: number): number {
    const { batchSize } = this.#options
    const sizes = [batchSize / 8, batchSize / 4, batchSize / 2].filter((size) => Number.isInteger(size) && size >= 8)
    return sizes.find((size) => size >= rows) ?? batchSize
  }

  async #turned(policy: Parameters): Promise<NamedValues> {
    const { configuration, engine } = this.#options
    const program = await this.#program("turning", () => compileTurning(configuration, engine))
    return program.run(Object.fromEntries(Object.keys(program.inputs).map((name) => [name, policy[name] as Float32Array])))
  }

  #reading(length: number): Promise<Program> {
    const { configuration, engine } = this.#options
    return this.#program(`reading ${length}`, () => compileReading(configuration, together, length, engine))
  }

  #decoding(rows: number, capacity: number): Promise<Program> {
    const { configuration, temperature, engine } = this.#options
    const shape = { rows, capacity, steps: chunk, temperature }
    return this.#program(`decoding ${rows} ${capacity}`, () => compileDecoding(configuration, shape, engine))
  }

  #program(key: string, compile: () => Promise<Program>): Promise<Program> {
    const program = this.#programs.get(key) ?? compile()
    this.#programs.set(key, program)
    return program
  }
}

const roundedUp = (count: number, step: number): number => Math.ceil(count / step) * step
