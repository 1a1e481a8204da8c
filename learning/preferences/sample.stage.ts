import { stage } from "assay"
import { Schema } from "effect"
import { Policy, Prompts, Responses } from "../artifacts.ts"
import { Count, Seed, Share, Split, Temperature, withDefault } from "../parameter.ts"

/**
 * Draws `perPrompt` responses to every prompt of a split, at most `maxNewTokens` tokens each. Where
 * `temperature`, `topK` or `topP` change the distribution that tokens are drawn from, `logp_policy`
 * is still the policy's own, and `logp_behaviour` that of the distribution they were drawn from.
 * `limit` takes only the first so many prompts in the table's order. `maxNewTokens` tokens of the
 * policy's context are kept free for a response, half the context at most: a prompt that is too
 * long for that loses its beginning (`truncated_prompt_tokens`), and a response ends where the
 * context does.
 */
export const sample = stage({
  name: "sample",
  inputs: { policy: Policy, prompts: Prompts },
  parameters: {
    /** Responses per prompt. */
    perPrompt: Count,
    /** Draws the tokens. */
    seed: Seed,
    /** Which prompts to answer. */
    split: withDefault(Split, "train"),
    /** The most prompts to answer, from the first of the table on. */
    limit: withDefault(Count, 1_000_000),
    /** Divides the logits: 1 draws from the policy itself, less sharpens it. */
    temperature: withDefault(Temperature, 1),
    /** Only this many of the likeliest tokens are drawn; null draws all. */
    topK: withDefault(Schema.NullOr(Count), null),
    /**
     * Only the likeliest tokens are drawn whose probabilities sum up to this at least (Holtzman et
     * al. 2020); null draws all.
     */
    topP: withDefault(Schema.NullOr(Share), null),
    /**
     * Texts that end a response, beside the policy's end-of-text. The response is what stands
     * before the first; its tokens, and their log-probability, are all that were drawn.
     */
    stop: withDefault(Schema.Array(Schema.NonEmptyString), []),
    /** The longest response, in tokens. */
    maxNewTokens: withDefault(Count, 48),
    /** Responses that are drawn together. */
    batchSize: withDefault(Count, 128),
  },
  outputs: { responses: Responses },
  renamed: { longest: "maxNewTokens", batch: "batchSize" },
  threads: 2,
  engine: true,
  run: () => import("./sample.ts"),
})
