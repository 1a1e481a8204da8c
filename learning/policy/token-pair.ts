import type { PreferenceRow } from "../../data/schema/index.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { Sequence } from "./packing.ts"
import { promptTokens, responseTokens } from "./text.ts"
import { type Cut, truncate } from "./truncate.ts"

/**
 * A labelled pair in tokens. A tie has weight 0: it keeps its place in the stream and teaches
 * nothing.
 */
export interface TokenPair {
  readonly prompt: Int32Array
  readonly chosen: Int32Array
  readonly rejected: Int32Array
  readonly weight: number
  /** Its place in the table, where it may come again. */
  readonly place?: number
}

/**
 * One that fits a context. What the cut has left nothing to teach (`isEmpty`) has weight 0, as a
 * tie has.
 */
export interface FittedPair extends TokenPair {
  readonly cut: Cut
  readonly isEmpty: boolean
}

/**
 * Tokenizes a labelled pair; responses that were sampled keep the tokens that they were sampled as.
 */
export const tokenizePair = (
  tokenizer: Tokenizer,
  { prompt, chosen, rejected, chosen_token_ids, rejected_token_ids, tie }: PreferenceRow,
): TokenPair => ({
  prompt: promptTokens(tokenizer, prompt),
  chosen: chosen_token_ids.length > 0 ? chosen_token_ids : responseTokens(tokenizer, chosen),
  rejected: rejected_token_ids.length > 0 ? rejected_token_ids : responseTokens(tokenizer, rejected),
  weight: tie ? 0 : 1,
})

/** The pair as it fits a context; see `truncate` for what goes first. */
export const fitPair = ({ prompt, chosen, rejected, weight, ...place }: TokenPair, context: number): FittedPair => {
  const { prompt: kept, responses, cut } = truncate(prompt, [chosen, rejected], context)
  const [better, worse] = responses as readonly [Int32Array, Int32Array]
  const isEmpty = leavesNothing([better, worse], cut)
  return { ...place, prompt: kept, chosen: better, rejected: worse, weight: isEmpty ? 0 : weight, cut, isEmpty }
}

/** The chosen response in its context. */
export const chosenSequence = ({ prompt, chosen }: TokenPair): Sequence => ({ prompt, response: chosen })

/** The rejected response in its context. */
export const rejectedSequence = ({ prompt, rejected }: TokenPair): Sequence => ({ prompt, response: rejected })

/**
 * Whether two responses have nothing left to tell them apart: no token, or the same ones since they
 * were cut.
 */
const leavesNothing = ([one, other]: readonly [Int32Array, Int32Array], { responses }: Cut): boolean =>
  one.length === 0 || other.length === 0 || (responses > 0 && one.join() === other.join())
