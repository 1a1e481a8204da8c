import { StageError } from "assay"
import { type EngineSetting, type NamedValues, type Program, ProgramCache } from "../../engine/index.ts"
import { uniforms } from "../../engine/random/philox.ts"
import type { Configuration } from "../policy/configuration.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import { truncatePrompt } from "../policy/truncate.ts"
import type { Drawing } from "./draw.ts"
import { type KvCacheBuffers, KvCachePool, type PrefillState } from "./kv-cache.ts"
import { cacheNames, compileDecoding, compilePrefill, type DecodingShape } from "./programs.ts"
import { compileTransposeProjections } from "./transpose-projections.ts"

/** What to continue. Its random numbers are named by the decoder's seed, `stream` and `draw`. */
export interface DecodeRequest {
  /** The prompt's tokens, end-of-text first. */
  readonly prompt: Int32Array
  /** An integer in [0, 2³²), such as the prompt's id. */
  readonly stream: number
  /** Which of the responses to one prompt it is, where `stream` does not say so. */
  readonly draw?: number
}

/** A response that was drawn. */
export interface Decoded {
  /** The prompt's tokens as the policy read them. */
  readonly prompt: Int32Array
  /**
   * Tokens of the prompt's beginning that were cut, so that there was room for a response (see
   * `truncatePrompt`).
   */
  readonly promptCut: number
  /** The response's tokens; the last is end-of-text if it stopped by that. */
  readonly tokens: Int32Array
  /** Its log-probability given the prompt, at temperature 1 and of all tokens, in nats. */
  readonly logp: number
  /** That of the distribution it was drawn from: with the temperature, top-k and top-p. */
  readonly behaviourLogp: number
  /** "stop" where it ended by itself, "length" where it was as long as it may be. */
  readonly finish: "stop" | "length"
}

/** What a Decoder draws with; the policy itself comes with every call. */
export interface DecoderOptions extends Drawing {
  /** Of the policies that it draws from. */
  readonly configuration: Configuration
  /** The token that ends a response: `tokenizer.endOfText`. */
  readonly endOfText: number
  /** Rows decoded together. */
  readonly batchSize: number
  /** Longest response, in tokens, end-of-text included. */
  readonly maxNewTokens: number
  /** Whether a response ends with these tokens, though not with end-of-text. */
  readonly isEnd?: ((response: ReadonlyArray<number>) => boolean) | undefined
  /** Names the decoder's random numbers apart from others of the same seed. */
  readonly purpose: string
  readonly seed: number
  readonly engine: EngineSetting
}

/**
 * Tokens drawn by one call of the decode program; keys and values cross into JavaScript once per
 * chunk.
 */
const tokensPerChunk = 8
/** The most prompts that one call of the prefill program reads. */
const prefillBatch = 32
/**
 * The most tokens that it reads, but for a prompt that is longer alone: what attention takes in
 * memory grows with their number and with the length of each prompt.
 */
const prefillTokens = 2048
/**
 * Lengths of prompts and capacities, in tokens, are rounded up to multiples of these at least, so
 * that few programs serve all.
 */
const promptLengthMultiple = 8
const capacityMultiple = 16
/**
 * Tokens from which keys and values of a row take more memory than it is worth to leave them empty.
 */
const longCapacity = 512

/** A response in the making. */
interface Row {
  readonly prompt: Int32Array
  readonly promptCut: number
  /** One uniform number for each position. */
  readonly uniforms: Float32Array
  /** Longest sequence, prompt included. */
  readonly maxLength: number
  /** Prompt and response so far. */
  readonly tokens: Array<number>
  /**
   * Keys and values of the prompt without its last token, from when they are computed until the row
   * gets a slot.
   */
  prefill: PrefillState | undefined
  logp: number
  behaviourLogp: number
  /** How it has ended; undefined while it goes on. */
  finish: Decoded["finish"] | undefined
}

/**
 * Samples responses from a policy, many prompts of unequal length at a time.
 *
 * Every row stands at a position of its own. Prompts are read whole, equal ones once, and where a
 * row has ended the next one begins. A token is drawn by inverting the cumulative distribution at
 * the row's own uniform number for that position, so what a row draws depends on seed, stream and
 * policy, and on its neighbours only by rounding.
 */
export class Decoder {
  readonly #options: DecoderOptions
  readonly #prefillPrograms: ProgramCache<{ readonly rows: number; readonly length: number }>
  readonly #decodePrograms: ProgramCache<DecodingShape>
  readonly #buffers = new KvCachePool()
  #transposition: Promise<Program | undefined> | undefined

  /**
   * Throws a StageError `ContextTooShort` where the context has no room for a token behind a
   * prompt's first.
   */
  constructor(options: DecoderOptions) {
    const { context } = options.configuration
    if (context < 2)
      throw new StageError("ContextTooShort", `a context of ${context} token has no room for a response; use a policy with a larger one`)
    this.#options = options
    const { configuration, temperature, topK, topP, engine } = options
    this.#prefillPrograms = new ProgramCache(({ rows, length }) => compilePrefill(configuration, rows, length, engine))
    this.#decodePrograms = new ProgramCache((shape) => compileDecoding(configuration, shape, { temperature, topK, topP }, engine))
  }

  /** A response to each request, in their order, from the policy of these weights. */
  async decode(policy: WeightsByName, requests: ReadonlyArray<DecodeRequest>): Promise<ReadonlyArray<Decoded>> {
    const { batchSize } = this.#options
    const parameters = { ...policy, ...(await this.#transpose(policy)) }
    const rows = requests.map((request) => this.#createRow(request))
    // Taken from its end, so that prompts of like length are read together.
    const queue = [...rows].sort((a, b) => b.prompt.length - a.prompt.length)
    let slots: ReadonlyArray<Row | undefined> = []
    let buffers = this.#buffersFor(0, 0)
    for (;;) {
      const staying = slots.flatMap((row, slot) => (row === undefined || row.finish !== undefined ? [] : [slot]))
      const count = Math.min(batchSize, staying.length + queue.length)
      if (count === 0) break
      const arriving = Array.from({ length: count - staying.length }, () => queue.pop() as Row)
      await this.#prefill(parameters, arriving, queue)
      const longest = [...staying.map((slot) => slots[slot] as Row), ...arriving].reduce(
        (most, { tokens }) => Math.max(most, tokens.length),
        0,
      )
      // The last token of each has not been read.
      const capacity = roundLength(longest - 1 + tokensPerChunk, capacityMultiple)
      const next = this.#buffersFor(this.#sizeFor(count, capacity), capacity)
      if (next !== buffers) next.copyRows(buffers, staying)
      const remaining =
        next === buffers ? slots.map((row) => (row?.finish === undefined ? row : undefined)) : staying.map((slot) => slots[slot])
      slots = Array.from({ length: next.shape.rows }, (_, slot) => remaining[slot] ?? this.#fillSlot(arriving.pop(), next, slot))
      buffers = next
      await this.#advance(parameters, slots, buffers)
    }
    return rows.map(({ prompt, promptCut, tokens, logp, behaviourLogp, finish = "length" }) => {
      return { prompt, promptCut, tokens: Int32Array.from(tokens).subarray(prompt.length), logp, behaviourLogp, finish }
    })
  }

  #createRow({ prompt: whole, stream, draw }: DecodeRequest): Row {
    const { maxNewTokens, configuration, seed, purpose } = this.#options
    const { prompt, cut } = truncatePrompt(whole, { context: configuration.context, maxNewTokens })
    const maxLength = Math.min(prompt.length + maxNewTokens, configuration.context)
    const drawn = uniforms(seed, draw === undefined ? purpose : `${purpose} ${draw}`, stream, new Float32Array(maxLength))
    return {
      prompt,
      promptCut: cut.promptTokens,
      uniforms: drawn,
      maxLength,
      tokens: [...prompt],
      prefill: undefined,
      logp: 0,
      behaviourLogp: 0,
      finish: undefined,
    }
  }

  /**
   * Keys and values for `rows` rows of up to `capacity` positions, with whatever they held last.
   */
  #buffersFor(rows: number, capacity: number): KvCacheBuffers {
    const { configuration } = this.#options
    const { keyValueHeads: heads, headSize: size } = configuration
    return this.#buffers.get({ names: cacheNames(configuration), rows, heads, capacity, size })
  }

  /** Puts a row, if there is one, into a slot. */
  #fillSlot(row: Row | undefined, buffers: KvCacheBuffers, slot: number): Row | undefined {
    if (row === undefined) return undefined
    buffers.load(slot, row.prefill as PrefillState)
    row.prefill = undefined
    return row
  }

  /**
   * Computes the prefill of the arriving rows, and fills up the batch with the prompts that come
   * next.
   */
  async #prefill(parameters: NamedValues, arriving: ReadonlyArray<Row>, queue: ReadonlyArray<Row>): Promise<void> {
    while (arriving.some(({ prefill }) => prefill === undefined)) {
      const prompts = new Map<string, { readonly prompt: Int32Array; readonly rows: Array<Row> }>()
      for (const row of [...arriving.filter(({ prefill }) => prefill === undefined), ...queue.toReversed()]) {
        const key = row.prompt.join()
        if (!prompts.has(key) && !this.#fitPrefill([...prompts.values(), row])) break
        const same = prompts.get(key) ?? { prompt: row.prompt, rows: [] }
        same.rows.push(row)
        prompts.set(key, same)
      }
      await this.#prefillPrompts(parameters, [...prompts.values()])
    }
  }

  /** Sizes of the program that reads these prompts: few, because each is compiled by itself. */
  #prefillShape(prompts: ReadonlyArray<Pick<Row, "prompt">>): { readonly rows: number; readonly length: number } {
    const longest = prompts.reduce((most, { prompt }) => Math.max(most, prompt.length - 1), 0)
    const length = Math.min(this.#options.configuration.context, roundLength(longest, promptLengthMultiple))
    return { rows: 2 ** Math.ceil(Math.log2(prompts.length)), length }
  }

  /** Whether one call reads these prompts. */
  #fitPrefill(prompts: ReadonlyArray<Pick<Row, "prompt">>): boolean {
    const { rows, length } = this.#prefillShape(prompts)
    return rows === 1 || (rows <= prefillBatch && rows * length <= prefillTokens)
  }

  async #prefillPrompts(
    parameters: NamedValues,
    prompts: ReadonlyArray<{ readonly prompt: Int32Array; readonly rows: ReadonlyArray<Row> }>,
  ): Promise<void> {
    const { rows: batch, length } = this.#prefillShape(prompts)
    const tokens = new Int32Array(batch * length)
    for (const [index, { prompt }] of prompts.entries()) tokens.set(prompt.subarray(0, -1), index * length)
    const read = length === 0 ? {} : await (await this.#prefillPrograms.get({ rows: batch, length })).run({ tokens, ...parameters })
    for (const [index, { prompt, rows }] of prompts.entries()) {
      const part = (all: Float32Array) => all.subarray((index * all.length) / batch, ((index + 1) * all.length) / batch)
      const values = Object.fromEntries(Object.entries(read).map(([name, all]) => [name, part(all as Float32Array)]))
      for (const row of rows) row.prefill = { length: prompt.length - 1, capacity: length, values }
    }
  }

  /** Draws one chunk of tokens for every row. */
  async #advance(parameters: NamedValues, slots: ReadonlyArray<Row | undefined>, buffers: KvCacheBuffers): Promise<void> {
    const current = new Int32Array(slots.length)
    const lengths = new Int32Array(slots.length)
    const random = new Float32Array(slots.length * tokensPerChunk)
    for (const [slot, row] of slots.entries()) {
      if (row === undefined) continue
      current[slot] = row.tokens.at(-1) as number
      lengths[slot] = row.tokens.length - 1
      random.set(row.uniforms.subarray(row.tokens.length, row.tokens.length + tokensPerChunk), slot * tokensPerChunk)
    }
    const program = await this.#decodePrograms.get({ rows: slots.length, capacity: buffers.shape.capacity, steps: tokensPerChunk })
    const { drawn, logp, behaviour } = await program.run({ current, lengths, random, ...buffers.inputs, ...parameters }, buffers.outputs)
    buffers.swap()
    for (const [slot, row] of slots.entries()) {
      for (let step = 0; step < tokensPerChunk && row !== undefined && row.finish === undefined; step++) {
        const token = drawn?.[slot * tokensPerChunk + step] as number
        row.tokens.push(token)
        row.logp += logp?.[slot * tokensPerChunk + step] as number
        row.behaviourLogp += behaviour?.[slot * tokensPerChunk + step] as number
        row.finish = this.#finishOf(row)
      }
    }
  }

  #finishOf({ prompt, tokens, maxLength }: Row): Decoded["finish"] | undefined {
    const { endOfText, isEnd } = this.#options
    if (tokens.at(-1) === endOfText || isEnd?.(tokens.slice(prompt.length))) return "stop"
    return tokens.length >= maxLength ? "length" : undefined
  }

  /**
   * The smallest of a few batch sizes that holds `rows`: each size is compiled by itself.
   * Where sequences are long, an empty row takes more than a program, and there are more sizes.
   */
  #sizeFor(rows: number, capacity: number): number {
    const { batchSize } = this.#options
    const [halvings, least] = capacity > longCapacity ? [Math.log2(batchSize), 1] : [3, 8]
    const sizes = Array.from({ length: Math.floor(halvings) }, (_, index) => batchSize / 2 ** (index + 1))
    const fitting = sizes.filter((size) => Number.isInteger(size) && size >= Math.max(rows, least))
    return fitting.at(-1) ?? batchSize
  }

  async #transpose(policy: WeightsByName): Promise<NamedValues> {
    const { configuration, engine } = this.#options
    this.#transposition ??= compileTransposeProjections(configuration, engine)
    const program = await this.#transposition
    if (program === undefined) return {}
    return program.run(Object.fromEntries(Object.keys(program.inputs).map((name) => [name, policy[name] as Float32Array])))
  }
}

/** Up to the next multiple; of a length beyond 128 that may add an eighth to it. */
const roundLength = (length: number, multiple: number): number => {
  const step = Math.max(multiple, 2 ** (Math.floor(Math.log2(Math.max(1, length))) - 3))
  return Math.ceil(length / step) * step
}
