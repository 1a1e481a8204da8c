import { StageError } from "assay"
import { match } from "ts-pattern"
import type { Packed, Sequence } from "../policy/packing.ts"
import { stackSides } from "../policy/pair-batch.ts"
import { promptTokens } from "../policy/text.ts"
import { type Cut, truncate, truncateJoined } from "../policy/truncate.ts"
import type { TextPair } from "./judge.ts"
import { packWithLast } from "./pack-with-last.ts"
import type { PreferenceModel } from "./preference-model.ts"

/** How a preference model reads: what it sees of a pair, in tokens. */

type Reader = Pick<PreferenceModel, "form" | "configuration" | "tokenizer">

/**
 * A pair in tokens, as much of it as the model can read. `isEmpty`: the cut has left nothing to
 * tell its responses apart.
 */
export interface ReadPair {
  readonly prompt: Int32Array
  readonly first: Int32Array
  readonly second: Int32Array
  readonly cut: Cut
  readonly isEmpty: boolean
}

/**
 * A pair as a preference model reads it. What is longer than the context is truncated as everywhere
 * (see policy/truncate.ts), alike for both of its rows. Throws a StageError `ContextTooShort` where
 * not even a token of each response fits.
 */
export const tokenizePair = ({ form, configuration: { context }, tokenizer }: Reader, pair: TextPair): ReadPair => {
  const [truncateTo, responsesPerRow] = form === "pairwise" ? [truncateJoined, 2] : [truncate, 1]
  // An end-of-text stands behind each response.
  const room = context - responsesPerRow
  if (room - 1 < responsesPerRow)
    throw new StageError(
      "ContextTooShort",
      `a context of ${context} tokens has no room for a token of each response; give the model a longer one`,
    )
  const responses = [pair.first, pair.second].map((text) => tokenizer.encode(tokenizer.chat?.response(text) ?? text))
  const { prompt, responses: kept, cut } = truncateTo(promptTokens(tokenizer, pair.prompt), responses, room)
  const [first, second] = kept as readonly [Int32Array, Int32Array]
  return { prompt, first, second, cut, isEmpty: cut.responses > 0 && first.join() === second.join() }
}

/**
 * Packed rows, twice as many as pairs, laid out as in policy/pair-batch.ts: of a pairwise model the
 * sides are the two orders of a pair, of a pointwise one its two responses. A row is an
 * end-of-text, the prompt, and one or both responses with an end-of-text behind each.
 */
export const packPairs = ({ form, configuration, tokenizer }: Reader, pairs: ReadonlyArray<ReadPair>): Packed => {
  const row = (prompt: Int32Array, ...responses: ReadonlyArray<Int32Array>): Sequence => ({
    prompt,
    response: Int32Array.from(responses.flatMap((response) => [...response, tokenizer.endOfText])),
  })
  const rows = match(form)
    .with("pairwise", () =>
      stackSides(
        pairs.map(({ prompt, first, second }) => row(prompt, first, second)),
        pairs.map(({ prompt, first, second }) => row(prompt, second, first)),
      ),
    )
    .with("pointwise", () =>
      stackSides(
        pairs.map(({ prompt, first }) => row(prompt, first)),
        pairs.map(({ prompt, second }) => row(prompt, second)),
      ),
    )
    .exhaustive()
  return packWithLast(rows, configuration.context)
}
