import type { EvaluationRow } from "../../data/schema/index.ts"
import type { Verdict } from "../judge/judge.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import type { Divergence, Divergences } from "./divergences.ts"
import { type Judges, scoreAnswers } from "./judges.ts"
import type { Answer } from "./player.ts"
import type { EvaluatedPrompt } from "./prompts.ts"
import { responseWords } from "./words.ts"

/** An opponent, and its answers to the prompts: they are the same for every checkpoint. */
export interface OpposingAnswers {
  readonly name: string
  readonly answers: ReadonlyArray<Answer>
}

/**
 * The columns of an evaluation that say something of the response alone, and so are the same
 * against every opponent.
 */
export type MeasuredResponse = Omit<EvaluationRow, "step" | "against" | "opponent" | "opponent_tokens" | "outcome" | "score">

/** What responses are measured with. */
interface Measuring {
  readonly prompts: ReadonlyArray<EvaluatedPrompt>
  readonly divergences: Divergences
  readonly judges: Judges
  /** The words of the task's text; words that are not in it count as non-words. */
  readonly vocabulary: ReadonlySet<string> | undefined
}

/** Measures a policy's answer to each prompt: divergence from the reference, scores, words. */
export const measureResponses = async (
  policy: WeightsByName,
  answers: ReadonlyArray<Answer>,
  { prompts, divergences, judges, vocabulary }: Measuring,
): Promise<ReadonlyArray<MeasuredResponse>> => {
  const ofAnswers = await divergences.of(
    policy,
    answers.map(({ sequence }) => sequence),
  )
  const truth = await scoreAnswers(judges.truth, prompts, answers)
  const independent = await scoreAnswers(judges.independent, prompts, answers)
  return prompts.map(({ prompt_id, prompt }, index) => {
    const { text, finish, promptCut, sequence } = answers[index] as Answer
    const { kl, ratio, k3, reference } = ofAnswers[index] as Divergence
    const words = responseWords(prompt, text)
    return {
      prompt_id,
      prompt,
      response: text,
      token_ids: sequence.response,
      truth: truth[index] ?? null,
      independent: independent[index] ?? null,
      kl,
      k1: ratio,
      k3,
      logp_reference: reference,
      tokens: sequence.response.length,
      truncated_prompt_tokens: promptCut,
      words: words.length,
      non_words: vocabulary === undefined ? null : words.filter((word) => !vocabulary.has(word)).length,
      finish_reason: finish,
    }
  })
}

/** Completes measured responses to the rows of one opponent. */
export const toEvaluationRows = (
  step: number,
  responses: ReadonlyArray<MeasuredResponse>,
  { name, answers }: OpposingAnswers,
  verdicts: ReadonlyArray<Verdict>,
): ReadonlyArray<EvaluationRow> =>
  responses.map((response, index) => {
    const { outcome, scores } = verdicts[index] as Verdict
    const { text, sequence } = answers[index] as Answer
    return {
      ...response,
      step,
      against: name,
      opponent: text,
      opponent_tokens: sequence.response.length,
      outcome,
      score: scores?.[0] ?? null,
    }
  })
