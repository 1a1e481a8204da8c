import { stage } from "assay"
import { Policy, Prompts, Responses } from "../artifacts.ts"
import { Count, Seed, Split, Temperature, withDefault } from "../parameter.ts"

/**
 * Draws `perPrompt` responses to every prompt of a split, at most `maxNewTokens` tokens each.
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
