import type { Answers, JsonObject } from "assay"
import type { WeightsByName } from "../policy/parameters.ts"
import { truncatePrompt } from "../policy/truncate.ts"
import { type Decoded, type DecodeRequest, Decoder, type DecoderOptions } from "./decoder.ts"

/** A policy to draw from. */
export interface DrawnPolicy {
  /** Names its weights and its tokenizer: draws are kept under it. */
  readonly key: string
  readonly parameters: WeightsByName
}

interface KeptDrawsOptions extends DecoderOptions {
  /** Where draws are kept. */
  readonly answers: Answers
  /** Batches that are drawn together: where a row ends, one of another batch takes its place. */
  readonly batchesPerChunk: number
  /** Texts that end a response, where `isEnd` looks for some. */
  readonly stop?: ReadonlyArray<string>
}

/** What was drawn of one request, as it is kept. */
interface KeptDraw extends JsonObject {
  readonly tokens: ReadonlyArray<number>
  readonly logp: number
  readonly behaviourLogp: number
  readonly finish: Decoded["finish"]
  readonly promptCut: number
}

/**
 * Draws responses in chunks, in the order of the requests, and keeps each chunk: the last digits of
 * a response depend on those drawn beside it, so a chunk is kept as a whole. With requests added at
 * the end, only the last chunk is drawn again.
 */
export class KeptDraws {
  readonly #options: KeptDrawsOptions
  readonly #decoder: Decoder

  /** Throws what a Decoder throws. */
  constructor(options: KeptDrawsOptions) {
    this.#options = options
    this.#decoder = new Decoder(options)
  }

  /** Yields the responses of one chunk at a time, in the order of the requests. */
  async *draw(policy: DrawnPolicy, requests: ReadonlyArray<DecodeRequest>): AsyncGenerator<ReadonlyArray<Decoded>> {
    const {
      answers,
      batchesPerChunk,
      batchSize,
      configuration,
      maxNewTokens,
      temperature,
      topK = null,
      topP = null,
      stop = [],
      purpose,
      seed,
    } = this.#options
    const scope = { policy: policy.key, purpose, seed, temperature, topK, topP, stop, maxNewTokens, batchSize }
    const responsesPerChunk = batchSize * batchesPerChunk
    for (let start = 0; start < requests.length; start += responsesPerChunk) {
      const chunk = requests.slice(start, start + responsesPerChunk)
      const row = chunk.map(({ prompt, stream, draw = null }) => [stream, draw, ...prompt])
      const [drawn = []] = await answers.of(scope, [row], async () => [(await this.#decoder.decode(policy.parameters, chunk)).map(toKept)])
      yield chunk.map(({ prompt }, index) => ({
        ...(drawn[index] as KeptDraw),
        prompt: truncatePrompt(prompt, { context: configuration.context, maxNewTokens }).prompt,
        tokens: Int32Array.from((drawn[index] as KeptDraw).tokens),
      }))
    }
  }
}

const toKept = ({ tokens, logp, behaviourLogp, finish, promptCut }: Decoded): KeptDraw => ({
  tokens: [...tokens],
  logp,
  behaviourLogp,
  finish,
  promptCut,
})
