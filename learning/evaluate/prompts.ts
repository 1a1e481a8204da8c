import type { TableInput } from "assay"
import type { prompts as promptColumns } from "../../data/schema/index.ts"
import { permutation } from "../../engine/random/philox.ts"
import { promptTokens, readPrompts } from "../policy/text.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"

/** A prompt that every player answers. */
export interface EvaluatedPrompt {
  readonly prompt_id: number
  readonly prompt: string
  /** As the policy reads it: end-of-text first. */
  readonly tokens: Int32Array
}

/**
 * Draws at most `count` prompts of a split at random: equal seeds draw equal prompts, whichever run
 * is evaluated. Throws a StageError `NoPrompts` where the split has none.
 */
export const drawPrompts = async (
  input: TableInput<typeof promptColumns>,
  tokenizer: Tokenizer,
  { count, seed, split }: { readonly count: number; readonly seed: number; readonly split: "train" | "test" },
): Promise<ReadonlyArray<EvaluatedPrompt>> => {
  const all = await readPrompts(input, split)
  return [...permutation(all.length, seed, "evaluated prompts").subarray(0, count)]
    .map((index) => all[index] as (typeof all)[number])
    .map(({ prompt_id, prompt }) => ({ prompt_id, prompt, tokens: promptTokens(tokenizer, prompt) }))
}
