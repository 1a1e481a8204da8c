import type { EvaluationRow } from "../../data/schema/index.ts"
import { mean } from "../analyse/statistics/mean.ts"
import type { Judge } from "../judge/judge.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import type { Divergence, Divergences } from "./divergences.ts"
import { type Judges, scoreAnswers } from "./judges.ts"
import type { Comparison, Opposition } from "./opposition.ts"
import type { Answer } from "./player.ts"
import { responseWords } from "./words.ts"

/** The columns of an evaluation that depend on the opponent. */
type AgainstOpponent = "against" | "opponent" | "opponents" | "opponent_tokens" | "outcome" | "tied" | "proxy_outcome" | "score"

/**
 * The columns of an evaluation that say something of the response alone, and so are the same
 * against every opponent.
 */
export type MeasuredResponse = Omit<EvaluationRow, "step" | AgainstOpponent>

/** What responses are measured with. */
interface Measuring {
  readonly divergences: Divergences
  readonly judges: Judges
  /** The words of the task's text; words that are not in it count as non-words. */
  readonly vocabulary: ReadonlySet<string> | undefined
}

/** Measures a policy's answers: divergence from the reference, scores, words. */
export const measureResponses = async (
  policy: WeightsByName,
  answers: ReadonlyArray<Answer>,
  { divergences, judges, vocabulary }: Measuring,
): Promise<ReadonlyArray<MeasuredResponse>> => {
  const ofAnswers = await divergences.of(
    policy,
    answers.map(({ sequence }) => sequence),
  )
  const truth = await scoreAnswers(judges.truth, answers)
  const independent = await scoreAnswers(judges.independent, answers)
  return answers.map(({ prompt: { prompt_id, prompt }, sample, text, finish, promptCut, sequence }, index) => {
    const { kl, ratio, ratios, k3, reference } = ofAnswers[index] as Divergence
    const words = responseWords(prompt, text)
    return {
      prompt_id,
      sample,
      prompt,
      response: text,
      token_ids: sequence.response,
      token_log_ratios: ratios,
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

/** A row of an evaluation, with what its outcome is the mean of. */
export interface ComparedRow {
  readonly row: EvaluationRow
  /** The place of its prompt among those of the evaluation. */
  readonly promptIndex: number
  readonly comparison: Comparison
}

/**
 * Compares a checkpoint's answers with an opponent's, by the proxy too where there is one, and
 * completes what was measured of them.
 */
export const compareResponses = async (
  step: number,
  responses: ReadonlyArray<MeasuredResponse>,
  answers: ReadonlyArray<Answer>,
  opposition: Opposition,
  proxy: Judge | undefined,
): Promise<ReadonlyArray<ComparedRow>> => {
  const comparisons = await opposition.compare(answers)
  const byProxy = proxy === undefined ? [] : await opposition.estimateOutcomes(proxy, answers)
  return responses.map((response, index) => {
    const comparison = comparisons[index] as Comparison
    const { promptIndex } = answers[index] as Answer
    const { outcomes, score } = comparison
    const opposing = opposition.answersTo(promptIndex)
    const single = opposing.length === 1 ? opposing[0] : undefined
    const row = {
      ...response,
      step,
      against: opposition.name,
      opponent: single?.text ?? null,
      opponents: opposing.length,
      opponent_tokens: single?.tokens ?? null,
      outcome: mean(outcomes),
      tied: outcomes.filter((outcome) => outcome === 0.5).length / outcomes.length,
      proxy_outcome: byProxy[index] ?? null,
      score,
    }
    return { row, promptIndex, comparison }
  })
}
