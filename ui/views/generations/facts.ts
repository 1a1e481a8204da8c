/** What is known of an answer, as short texts. */

import type { Answer, GenerationSource } from "../../../serve/api.ts"
import { formatNumber, formatShare, plural } from "../../text/format.ts"

export interface Fact {
  readonly label: string
  readonly text: string
  /** The whole number, and what it means. */
  readonly title: string
}

type Artifact = GenerationSource["artifact"]

export const factsOf = (answer: Answer, artifact: Artifact): ReadonlyArray<Fact> => {
  const { score, outcome, proxyOutcome, kl, length } = answer
  const isEvaluation = artifact === "evaluation"
  const other = isEvaluation ? "the opponent" : "the other response"
  const judge = isEvaluation ? "gold" : "label"
  return [
    ...fact(score, isEvaluation ? "gold score" : "score", (value) => formatNumber(value, 3), "score by the judge"),
    ...fact(outcome, `wins by ${judge}`, formatShare, `probability of beating ${other}, by ${isEvaluation ? "gold" : "the label"}`),
    ...fact(proxyOutcome, "wins by proxy", formatShare, `probability of beating ${other}, by the proxy`),
    ...(outcome === null || proxyOutcome === null
      ? []
      : fact(proxyOutcome - outcome, `proxy − ${judge}`, formatDifference, "difference of the two probabilities")),
    ...fact(kl, "KL", (value) => `${formatNumber(value, 3)} nats`, "KL to the reference, summed over tokens, in nats"),
    ...fact(length, "length", (value) => plural(value, "token"), "tokens of the answer"),
  ]
}

const fact = (value: number | null, label: string, format: (value: number) => string, meaning: string): ReadonlyArray<Fact> =>
  value === null ? [] : [{ label, text: format(value), title: `${meaning}: ${value}` }]

const formatDifference = (difference: number): string =>
  `${difference > 0 ? "+" : difference < 0 ? "−" : ""}${formatShare(Math.abs(difference))}`

/** Whether the two judges see different winners, each of them clearly. */
export const isDisputed = ({ outcome, proxyOutcome }: Pick<Answer, "outcome" | "proxyOutcome">): boolean =>
  outcome !== null && proxyOutcome !== null && (outcome - 0.5) * (proxyOutcome - 0.5) < 0 && Math.abs(outcome - proxyOutcome) >= 0.5

/** Pairs in the order of their rows, and the better of the two first. */
export const sortAnswers = (answers: ReadonlyArray<Answer>): ReadonlyArray<Answer> =>
  answers.toSorted((a, b) => a.row - b.row || Number(a.role === "rejected") - Number(b.role === "rejected"))
