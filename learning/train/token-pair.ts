import type { PreferenceRow } from "../../data/schema/index.ts"
import { promptTokens, responseTokens } from "../policy/text.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { TokenPair } from "./preference-learner.ts"

/** A labelled pair in tokens. One that came as text alone has none yet. */
export const tokenPair = (
  tokenizer: Tokenizer,
  { prompt, chosen, rejected, chosen_token_ids, rejected_token_ids, tie }: PreferenceRow,
): TokenPair => ({
  prompt: promptTokens(tokenizer, prompt),
  chosen: chosen_token_ids.length > 0 ? chosen_token_ids : responseTokens(tokenizer, chosen),
  rejected: rejected_token_ids.length > 0 ? rejected_token_ids : responseTokens(tokenizer, rejected),
  weight: tie ? 0 : 1,
})
