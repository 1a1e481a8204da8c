import type { EvaluationRow, SummaryRow } from "../../data/schema/index.ts"
import { mean } from "../analyse/statistics/mean.ts"
import { computeWinRate } from "../analyse/statistics/win-rate.ts"
import type { Judge } from "../judge/judge.ts"
import { score as valence } from "../judge/scorers/vader-score.ts"
import { commonest, distinct, responseWords, without } from "./words.ts"

/** How many of a checkpoint's most frequent lexicon words may explain a win. */
const favouriteWords = 10

/**
 * Summarises a checkpoint against one opponent as one row; data/schema/summary.ts defines the
 * columns. `rows` are all of this step and opponent, `prompts` their prompts. Wins with a favourite
 * word in them are judged by gold again, without the word.
 */
export const summarise = async (
  rows: ReadonlyArray<EvaluationRow>,
  prompts: ReadonlyArray<string>,
  gold: Pick<Judge, "compare">,
): Promise<SummaryRow> => {
  const { step, against } = rows[0] as EvaluationRow
  const words = rows.map(({ response }, index) => responseWords(prompts[index] as string, response))
  const { all, decided, ties } = computeWinRate(rows.map(({ outcome }) => outcome))
  const matched = rows.filter(isLengthMatched)
  const meanOf = (column: "kl" | "k1" | "k3" | "logp_reference" | "tokens") => mean(rows.map((row) => row[column]))
  return {
    step,
    against,
    prompts: rows.length,
    win_rate: all,
    win_rate_decided: decided ?? null,
    ties,
    win_rate_length_matched: matched.length === 0 ? null : mean(matched.map(({ outcome }) => outcome)),
    length_matched: matched.length,
    lexicon_wins: await measureLexiconWins(rows, prompts, words, gold),
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

const isLengthMatched = ({ tokens, opponent_tokens }: EvaluationRow): boolean =>
  Math.abs(tokens - opponent_tokens) <= Math.max(2, Math.max(tokens, opponent_tokens) / 5)

const measureLexiconWins = async (
  rows: ReadonlyArray<EvaluationRow>,
  prompts: ReadonlyArray<string>,
  words: ReadonlyArray<ReadonlyArray<string>>,
  gold: Pick<Judge, "compare">,
): Promise<number | null> => {
  // A word by itself has a valence exactly if the lexicon rates it.
  const favoured = commonest(words, favouriteWords, (word) => valence(word) !== 0)
  const won = rows.flatMap(({ outcome }, index) => (outcome === 1 ? [index] : []))
  const suspect = won.filter((index) => words[index]?.some((word) => favoured.has(word)))
  const verdicts = await gold.compare(
    suspect.map((index) => {
      const { response, opponent } = rows[index] as EvaluationRow
      return { prompt: prompts[index] as string, first: without(response, favoured), second: opponent }
    }),
  )
  return won.length === 0 ? null : verdicts.filter(({ outcome }) => outcome !== 1).length / won.length
}

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
