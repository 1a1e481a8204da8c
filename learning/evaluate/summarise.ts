import type { EvaluationRow, SummaryRow } from "../../data/schema/index.ts"
import { mean } from "../analyse/statistics/mean.ts"
import { score as valence } from "../judge/scorers/vader-score.ts"
import type { ComparedRow } from "./evaluation-rows.ts"
import type { OpposingAnswer, Opposition } from "./opposition.ts"
import { computeWinRate } from "./win-rate.ts"
import { commonest, distinct, responseWords, without } from "./words.ts"

/** How many of a checkpoint's most frequent lexicon words may explain a win. */
const favouriteWords = 10

/**
 * Summarises a checkpoint against one opponent as one row; data/schema/summary.ts defines the
 * columns. `compared` are all rows of this step and opponent. Responses that won with a favourite
 * word in them are compared again, without the word.
 */
export const summarise = async (compared: ReadonlyArray<ComparedRow>, opposition: Opposition): Promise<SummaryRow> => {
  const rows = compared.map(({ row }) => row)
  const { step, against } = rows[0] as EvaluationRow
  const words = rows.map(({ prompt, response }) => responseWords(prompt, response))
  const { all, decided, ties } = computeWinRate(rows)
  const matched = compared.flatMap(({ row, promptIndex, comparison }) => {
    const opposing = opposition.answersTo(promptIndex)
    return comparison.outcomes.filter((_, index) => isLengthMatched(row, opposing[index] as OpposingAnswer))
  })
  const meanOf = (column: "kl" | "k1" | "k3" | "logp_reference" | "tokens") => mean(rows.map((row) => row[column]))
  return {
    step,
    against,
    prompts: new Set(rows.map(({ prompt_id }) => prompt_id)).size,
    responses: rows.length,
    win_rate: all,
    proxy_win_rate: meanOfSome(rows.map(({ proxy_outcome }) => proxy_outcome)),
    win_rate_decided: decided,
    ties,
    win_rate_length_matched: matched.length === 0 ? null : mean(matched),
    length_matched: matched.length,
    lexicon_wins: await measureLexiconWins(compared, words, opposition),
    score: meanOfSome(rows.map(({ score }) => score)),
    truth: meanOfSome(rows.map(({ truth }) => truth)),
    independent: meanOfSome(rows.map(({ independent }) => independent)),
    kl: meanOf("kl"),
    k1: meanOf("k1"),
    k3: meanOf("k3"),
    logp_reference: meanOf("logp_reference"),
    tokens: meanOf("tokens"),
    distinct_1: distinct(words, 1),
    distinct_2: distinct(words, 2),
    distinct_3: distinct(words, 3),
    non_word_share: measureNonWords(rows),
  }
}

const isLengthMatched = ({ tokens }: EvaluationRow, opposing: OpposingAnswer): boolean =>
  Math.abs(tokens - opposing.tokens) <= Math.max(2, Math.max(tokens, opposing.tokens) / 5)

/** Of all wins, those that are lost without favourite words; each prompt's answers count as one. */
const measureLexiconWins = async (
  compared: ReadonlyArray<ComparedRow>,
  words: ReadonlyArray<ReadonlyArray<string>>,
  opposition: Opposition,
): Promise<number | null> => {
  // A word by itself has a valence exactly if the lexicon rates it.
  const favoured = commonest(words, favouriteWords, (word) => valence(word) !== 0)
  const won = compared.map(({ comparison: { outcomes } }) => outcomes.filter((outcome) => outcome === 1).length / outcomes.length)
  const suspect = compared.flatMap((each, index) =>
    (won[index] as number) > 0 && words[index]?.some((word) => favoured.has(word)) ? [each] : [],
  )
  const again = await opposition.compare(suspect.map(({ row, promptIndex }) => ({ promptIndex, text: without(row.response, favoured) })))
  const lost = suspect.map(({ comparison: { outcomes } }, index) => {
    const outcomesWithout = again[index]?.outcomes ?? []
    return outcomes.filter((outcome, answer) => outcome === 1 && outcomesWithout[answer] !== 1).length / outcomes.length
  })
  const total = sum(won)
  return total === 0 ? null : sum(lost) / total
}

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)

const measureNonWords = (rows: ReadonlyArray<EvaluationRow>): number | null => {
  const words = rows.reduce((sum, row) => sum + row.words, 0)
  const counted = rows.every(({ non_words }) => non_words !== null)
  return counted && words > 0 ? rows.reduce((sum, { non_words }) => sum + (non_words as number), 0) / words : null
}

/** The mean of the values that are not null; null if all are. */
const meanOfSome = (values: ReadonlyArray<number | null>): number | null => {
  const present = values.flatMap((value) => value ?? [])
  return present.length === 0 ? null : mean(present)
}
