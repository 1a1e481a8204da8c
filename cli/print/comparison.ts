import { onOneLine } from "../../runtime/observe/printable.ts"
import type { Answer, GenerationOrder, GenerationsPage } from "../../serve/api.ts"
import type { ComparedSet } from "../verbs/compare.ts"
import { wrapLines } from "./wrap-lines.ts"

/** How prompts are ordered, in words. */
export const orderWords: Readonly<Record<GenerationOrder, string>> = {
  prompt: "in the order of the table",
  gain: "those where the last gains most over the first",
  disagreement: "those where gold and proxy disagree most about the last",
  longest: "those with the longest response of the last",
  shortest: "those with the shortest response of the last",
  "log-ratio": "those with the token that moved most in the last",
}

const indent = "  "

/** Each prompt, and under it the responses of all stages with what was measured of them. */
export const formatComparison = (sets: ReadonlyArray<ComparedSet>, { prompts }: GenerationsPage, width: number): string =>
  prompts
    .map(({ prompt, promptId, answers }) =>
      [
        `── prompt${promptId === null ? "" : ` ${promptId}`} ${"─".repeat(Math.max(0, width - 10 - String(promptId ?? "").length))}`.slice(
          0,
          width,
        ),
        ...wrapLines(prompt, width),
        ...answers.flatMap((ofSet, index) => ofSet.flatMap((answer) => formatAnswer(sets[index] as ComparedSet, answer, width))),
      ].join("\n"),
    )
    .join("\n\n")

const formatAnswer = ({ id, step }: ComparedSet, answer: Answer, width: number): ReadonlyArray<string> => {
  const head = [onOneLine(id), ...(step === null ? [] : [`step ${step}`]), ...(answer.role === null ? [] : [answer.role])].join(", ")
  const measured = formatMeasured(answer)
  const heading =
    measured === "" || head.length + 2 + measured.length > width ? [head, ...(measured === "" ? [] : [measured])] : [`${head}  ${measured}`]
  return ["", ...heading, ...wrapLines(answer.response, width - indent.length).map((line) => (indent + line).trimEnd())]
}

const formatMeasured = ({ score, outcome, proxyOutcome, kl, length }: Answer): string => {
  const parts = [
    ...(score === null ? [] : [`score ${decimal(score)}`]),
    ...(outcome === null ? [] : [`wins ${decimal(outcome)}`]),
    ...(proxyOutcome === null ? [] : [`by the proxy ${decimal(proxyOutcome)}`]),
    ...(kl === null ? [] : [`KL ${decimal(kl)}`]),
    ...(length === null ? [] : [`${length} tokens`]),
  ]
  return parts.join(" · ")
}

const decimal = (value: number): string => value.toFixed(2).replace("-", "−")
