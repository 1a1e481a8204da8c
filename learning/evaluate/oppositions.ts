import type { Answers } from "assay"
import type { EngineSetting } from "../../engine/index.ts"
import type { Judge } from "../judge/judge.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { Opponent } from "./contestants.ts"
import { Opposition } from "./opposition.ts"
import { Player } from "./player.ts"
import type { EvaluatedPrompt } from "./prompts.ts"
import type { StoredAnswers } from "./stored-answers.ts"

interface GatherOptions {
  readonly judge: Judge
  readonly tokenizer: Tokenizer
  readonly prompts: ReadonlyArray<EvaluatedPrompt>
  readonly maxNewTokens: number
  readonly seed: number
  readonly engine: EngineSetting
  /** Where what policies answer is kept. */
  readonly answers: Answers
}

/**
 * Gathers the answers of all opponents: those of policies are drawn, one to each prompt, those that
 * are stored are taken as they are.
 */
export const gatherOppositions = async (
  opponents: ReadonlyArray<Opponent>,
  stored: ReadonlyArray<StoredAnswers>,
  { judge, ...playing }: GatherOptions,
): Promise<ReadonlyArray<Opposition>> => {
  const { prompts } = playing
  const oppositions: Array<Opposition> = []
  for (const { name, key, configuration, parameters } of opponents) {
    const player = new Player({ ...playing, configuration, purpose: "opponent" })
    const answers = (await player.answer({ key, parameters })).map(({ text, sequence }) => [{ text, tokens: sequence.response.length }])
    player.printCut(`the opponent ${name}`)
    oppositions.push(new Opposition({ name, judge, prompts, answers }))
  }
  for (const { name, byPrompt } of stored) {
    const answers = prompts.map(({ prompt }) => byPrompt.get(prompt) ?? [])
    oppositions.push(new Opposition({ name, judge, prompts, answers }))
  }
  return oppositions
}
