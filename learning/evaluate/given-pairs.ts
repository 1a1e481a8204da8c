import type { Row } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import { permutation } from "../../engine/random/philox.ts"
import type { Sequence } from "../policy/packing.ts"
import { promptTokens, responseTokens } from "../policy/text.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"

type Preference = Row<typeof preferences>

/** A pair that gold has ordered, in tokens. */
export interface GivenPair {
  readonly pair_id: number
  readonly chosen: Sequence
  readonly rejected: Sequence
}

/** At most `count` of the pairs that are not ties, drawn at random, in the table's order. */
export const givenPairs = (
  rows: ReadonlyArray<Preference>,
  { tokenizer, count, seed }: { readonly tokenizer: Tokenizer; readonly count: number; readonly seed: number },
): ReadonlyArray<GivenPair> => {
  const decided = rows.filter(({ tie }) => !tie)
  const drawn = [...permutation(decided.length, seed, "classified pairs").subarray(0, count)].sort((a, b) => a - b)
  return drawn.map((index) => {
    const { pair_id, prompt, chosen, rejected, chosen_token_ids, rejected_token_ids } = decided[index] as Preference
    const sequence = (text: string, ids: Int32Array): Sequence => ({
      prompt: promptTokens(tokenizer, prompt),
      response: ids.length > 0 ? ids : responseTokens(tokenizer, text),
    })
    return { pair_id, chosen: sequence(chosen, chosen_token_ids), rejected: sequence(rejected, rejected_token_ids) }
  })
}
