import type { EvaluationRow, SummaryRow } from "../../data/schema/index.ts"
import { mean } from "../analyse/statistics/mean.ts"
import { computeWinRate } from "../analyse/statistics/win-rate.ts"
import type { Judge } from "../judge/judge.ts"
import { score as valence } from "../judge/vader.ts"
import { commonest, distinct, responseWords, without } from "./words.ts"

/** How many favourite words may explain a win. */
const favourites = 10

/**
 * A checkpoint against one opponent as one row: see data/schema/summary.ts for what the measures are. `rows` are all of this step and opponent, `prompts`
 * their prompts. Wins with a favourite word in them go to gold once more.
 */
export const summarise = async (
  rows: ReadonlyArray<EvaluationRow>,
  prompts: ReadonlyArray<string>,
  gold: Pick<Judge, "compare">,
): Promise<SummaryRow> => {
  const { step, against } = rows[0] as EvaluationRow
  const words = rows.map(({ response }, index) => responseWords(prompts[index] as string, response))
  const { all, decided, ties } = computeWinRate(rows.map(({ outcome }) => outcome))
  const matched = rows.filter(lengthMatched)
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
    lexicon_wins: await lexiconWins(rows, prompts, words, gold),
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
    non_word_share: nonWordShare(rows),
  }
}

const lengthMatched = ({ tokens, opponent_tokens }: EvaluationRow): boolean =>
  Math.abs(tokens - opponent_tokens) <= Math.max(2, Math.max(tokens, opponent_tokens) / 5)

const lexiconWins = async (
  rows: ReadonlyArray<EvaluationRow>,
  prompts: ReadonlyArray<string>,
  words: ReadonlyArray<ReadonlyArray<string>>,
  gold: Pick<Judge, "compare">,
): Promise<number | null> => {
  // A word by itself has a valence exactly if the lexicon rates it.
  const favoured = commonest(words, favourites, (word) => valence(word) !== 0)
  const won = rows.flatMap(({ outcome }, index) => (outcome === 1 ? [index] : []))
  const suspect = won.filter((index) => words[index]?.some((word) => favoured.has(word)))
  const again = await gold.compare(
    suspect.map((index) => {
      const { response, opponent } = rows[index] as EvaluationRow
      return { prompt: prompts[index] as string, first: without(response, favoured), second: opponent }
    }),
  )
  return won.length === 0 ? null : again.filter(({ outcome }) => outcome !== 1).length / won.length
}

const nonWordShare = (rows: ReadonlyArray<EvaluationRow>): number | null => {
  const words = rows.reduce((sum, row) => sum + row.words, 0)
  const known = rows.every(({ non_words }) => non_words !== null)
  return known && words > 0 ? rows.reduce((sum, { non_words }) => sum + (non_words as number), 0) / words : null
}

/** The mean of those that are there; null of none. */
const meanOfSome = (values: ReadonlyArray<number | null>): number | null => {
  const some = values.flatMap((value) => value ?? [])
  return some.length === 0 ? null : mean(some)
}
