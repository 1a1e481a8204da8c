import type { EngineSetting } from "../../engine/index.ts"
import { type Decoded, Decoder } from "../decode/decoder.ts"
import { DrawTruncationCount } from "../decode/draw-truncation-count.ts"
import type { Configuration } from "../policy/configuration.ts"
import type { Sequence } from "../policy/packing.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import { responseText } from "../policy/text.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { EvaluatedPrompt } from "./prompts.ts"

/** A player's response to one prompt. */
export interface Answer {
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
}

/** How many prompts are decoded at once. */
const decodeBatch = 64

/**
 * Answers the prompts of an evaluation with policies of one configuration, one response to each, at
 * temperature 1.
 */
export class Player {
  readonly #options: PlayerOptions
  readonly #decoder: Decoder
  readonly #cut: DrawTruncationCount

  constructor(options: PlayerOptions) {
    const { configuration: of, tokenizer, maxNewTokens, purpose, seed, engine } = options
    const { endOfText } = tokenizer
    this.#options = options
    this.#decoder = new Decoder({
      configuration: of,
      endOfText,
      batchSize: decodeBatch,
      maxNewTokens,
      temperature: 1,
      purpose,
      seed,
      engine,
    })
    this.#cut = new DrawTruncationCount({ context: of.context, maxNewTokens })
  }

  /** One answer to each prompt, in order of prompts. */
  async answer(policy: WeightsByName): Promise<ReadonlyArray<Answer>> {
    const { tokenizer, prompts } = this.#options
    const requests = prompts.map(({ tokens }, stream) => ({ prompt: tokens, stream }))
    return (await this.#decoder.decode(policy, requests)).map((decoded) => {
      this.#cut.add(decoded)
      const { prompt, promptCut, tokens, finish } = decoded
      return { text: responseText(tokenizer, tokens), finish, promptCut, sequence: { prompt, response: tokens } }
    })
  }

  /**
   * Prints one line if the context cut any prompt or response; `policy` names whose context it is.
   */
  printCut(policy: string): void {
    this.#cut.print(policy)
  }
}
