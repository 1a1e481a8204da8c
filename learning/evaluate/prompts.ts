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
  /** Its place in a random order of all prompts that are evaluated, from 0. */
  readonly rank: number
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
 * is evaluated; prompts that stored answers lack are left out. Where a split has no more than
 * `count`, they are in the table's order, so that prompts that are added to it come last; else in
 * random order, so that those that a larger `count` adds do. The others are then in the same
 * batches as before. Throws a StageError `NoPrompts` where the split has none, `NoAnswers` where
 * none of them is answered by all.
 */
export const drawPrompts = async (
  input: TableInput<typeof promptColumns>,
  tokenizer: Tokenizer,
  { count, seed, split, stored }: DrawOptions,
): Promise<ReadonlyArray<EvaluatedPrompt>> => {
  const all = await readPrompts(input, split)
  const answered = [...permutation(all.length, seed, "evaluated prompts")].filter((index) =>
    stored.every(({ byPrompt }) => byPrompt.has((all[index] as (typeof all)[number]).prompt)),
  )
  if (answered.length === 0) throw await noAnswers(input, split, stored)
  if (answered.length < Math.min(count, all.length))
    console.log(
      `${answered.length} of ${all.length} prompts have answers of every opponent: these are evaluated, and not the ${count} asked for`,
    )
  const drawn = answered.slice(0, count).map((index, rank) => {
    const { prompt_id, prompt } = all[index] as (typeof all)[number]
    return { index, evaluated: { prompt_id, prompt, tokens: promptTokens(tokenizer, prompt), rank } }
  })
  if (answered.length <= count) drawn.sort((a, b) => a.index - b.index)
  return drawn.map(({ evaluated }) => evaluated)
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
