import { StageError, type TableInput } from "assay"
import type { prompts as promptColumns } from "../../data/schema/index.ts"
import { permutation } from "../../engine/random/philox.ts"
import { promptTokens, readPrompts } from "../policy/text.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { StoredAnswers } from "./stored-answers.ts"

/** A prompt that every player answers. */
export interface EvaluatedPrompt {
  readonly prompt_id: number
  readonly prompt: string
  /** As the policy reads it: end-of-text first. */
  readonly tokens: Int32Array
}

interface DrawOptions {
  readonly count: number
  readonly seed: number
  readonly split: "train" | "test"
  /** Only prompts that all of these answer are drawn. */
  readonly stored: ReadonlyArray<StoredAnswers>
}

/**
 * Draws at most `count` prompts of a split at random: equal seeds draw equal prompts, whichever run
 * is evaluated, and stored answers that lack some only leave those out. Throws a StageError
 * `NoPrompts` where the split has none, `NoAnswers` where none of them is answered by all.
 */
export const drawPrompts = async (
  input: TableInput<typeof promptColumns>,
  tokenizer: Tokenizer,
  { count, seed, split, stored }: DrawOptions,
): Promise<ReadonlyArray<EvaluatedPrompt>> => {
  const all = await readPrompts(input, split)
  const answered = [...permutation(all.length, seed, "evaluated prompts")]
    .map((index) => all[index] as (typeof all)[number])
    .filter(({ prompt }) => stored.every(({ byPrompt }) => byPrompt.has(prompt)))
  if (answered.length === 0) throw await noAnswers(input, split, stored)
  if (answered.length < Math.min(count, all.length))
    console.log(
      `${answered.length} of ${all.length} prompts have answers of every opponent: these are evaluated, and not the ${count} asked for`,
    )
  return answered.slice(0, count).map(({ prompt_id, prompt }) => ({ prompt_id, prompt, tokens: promptTokens(tokenizer, prompt) }))
}

const noAnswers = async (
  input: TableInput<typeof promptColumns>,
  split: "train" | "test",
  stored: ReadonlyArray<StoredAnswers>,
): Promise<StageError> => {
  const rows = await input.read()
  const answersAny = ({ byPrompt }: StoredAnswers, wanted: string) => rows.some((row) => row.split === wanted && byPrompt.has(row.prompt))
  const outside = stored.find((answers) => !answersAny(answers, split))
  const other = split === "test" ? "train" : "test"
  const found =
    outside === undefined
      ? `no prompt is answered by all of ${stored.map(({ name }) => name).join(", ")}`
      : `those of "${outside.name}" are to ${answersAny(outside, other) ? `prompts of "${other}"` : "none of the prompts"}`
  return new StageError(
    "NoAnswers",
    `evaluate expects "answers" to prompts of the split "${split}", but ${found}. Draw them with sample() from the same prompts, with split: "${split}".`,
  )
}
