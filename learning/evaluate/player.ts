import type { Answers } from "assay"
import type { EngineSetting } from "../../engine/index.ts"
import type { Decoded } from "../decode/decoder.ts"
import { DrawTruncationCount } from "../decode/draw-truncation-count.ts"
import { type DrawnPolicy, KeptDraws } from "../decode/kept-draws.ts"
import { streamOf } from "../decode/stream-of.ts"
import type { Configuration } from "../policy/configuration.ts"
import type { Sequence } from "../policy/packing.ts"
import { responseText } from "../policy/text.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { EvaluatedPrompt } from "./prompts.ts"

/** A player's response to one prompt. */
export interface Answer {
  readonly prompt: EvaluatedPrompt
  /** The place of the prompt among those of the evaluation. */
  readonly promptIndex: number
  /** Which of the player's responses to the prompt this is, from 0. */
  readonly sample: number
  readonly text: string
  readonly finish: Decoded["finish"]
  /** Tokens of the prompt that did not fit the context. */
  readonly promptCut: number
  readonly sequence: Sequence
}

interface PlayerOptions {
  readonly configuration: Configuration
  readonly tokenizer: Tokenizer
  readonly prompts: ReadonlyArray<EvaluatedPrompt>
  /** Of a response, in tokens. */
  readonly maxNewTokens: number
  /**
   * Names the random numbers, with the seed: players of equal purpose and seed draw with equal
   * numbers.
   */
  readonly purpose: string
  readonly seed: number
  readonly engine: EngineSetting
  /** Where its responses are kept. */
  readonly answers: Answers
}

/** How many prompts are decoded at once, and how many such batches are kept together. */
const batchSize = 64
const batchesPerChunk = 4

/** Answers the prompts of an evaluation with policies of one configuration, at temperature 1. */
export class Player {
  readonly #options: PlayerOptions
  readonly #draws: KeptDraws
  readonly #cut: DrawTruncationCount

  constructor(options: PlayerOptions) {
    const { configuration, tokenizer, maxNewTokens, purpose, seed, engine, answers } = options
    const { endOfText } = tokenizer
    this.#options = options
    this.#draws = new KeptDraws({
      configuration,
      endOfText,
      batchSize,
      batchesPerChunk,
      maxNewTokens,
      temperature: 1,
      purpose,
      seed,
      engine,
      answers,
    })
    this.#cut = new DrawTruncationCount({ context: configuration.context, maxNewTokens })
  }

  /**
   * `perPrompt` answers to each prompt, or to `limit` of them at random, in order of prompts and of
   * samples.
   */
  async answer(policy: DrawnPolicy, { perPrompt = 1, limit = Number.POSITIVE_INFINITY } = {}): Promise<ReadonlyArray<Answer>> {
    const { tokenizer, prompts } = this.#options
    const asked = prompts.flatMap((prompt, promptIndex) =>
      prompt.rank < limit ? Array.from({ length: perPrompt }, (_, sample) => ({ prompt, promptIndex, sample })) : [],
    )
    const requests = asked.map(({ prompt, sample }) => ({ prompt: prompt.tokens, stream: streamOf(prompt.prompt_id), draw: sample }))
    const decoded: Array<Decoded> = []
    for await (const drawn of this.#draws.draw(policy, requests)) decoded.push(...drawn)
    return asked.map((place, index) => {
      const response = decoded[index] as Decoded
      this.#cut.add(response)
      const { prompt, promptCut, tokens, finish } = response
      return { ...place, text: responseText(tokenizer, tokens), finish, promptCut, sequence: { prompt, response: tokens } }
    })
  }

  /**
   * Prints one line if the context cut any prompt or response; `policy` names whose context it is.
   */
  printCut(policy: string): void {
    this.#cut.print(policy)
  }
}
