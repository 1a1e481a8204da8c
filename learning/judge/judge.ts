import type { TruncationCount } from "../policy/truncation-count.ts"
import type { LabelSets } from "./labels.ts"

/** Two responses to one prompt, as text: `prompt + response` is what a judge reads. */
export interface TextPair {
  readonly prompt: string
  readonly first: string
  readonly second: string
}

/** A labelled pair as a judge reads it, the chosen response first. */
export const toTextPair = ({ prompt, chosen, rejected }: Readonly<Record<"prompt" | "chosen" | "rejected", string>>): TextPair => ({
  prompt,
  first: chosen,
  second: rejected,
})

/** Two responses that are not labelled yet, as a judge reads them. */
export const toUnlabelledPair = (prompt: string, [first, second]: readonly [Answer, Answer]): TextPair => ({
  prompt,
  first: first.response,
  second: second.response,
})

interface Answer {
  readonly response: string
}

/** What a judge says of two responses. */
export interface Verdict {
  /** 1 if the first response is better, 0 if the second is, ½ for a tie. */
  readonly outcome: 0 | 0.5 | 1
  /** Probability that the first is better, where the judge has one. */
  readonly probability: number | null
  /** Score of each response, where the judge scores them one by one. */
  readonly scores: readonly [number, number] | null
}

/** Says which of two responses is better. Exchanging the two complements every verdict. */
export interface Judge {
  readonly source: "gold" | "proxy"
  /** Logical digest of the judge's artifact. */
  readonly key: string
  readonly compare: (pairs: ReadonlyArray<TextPair>) => Promise<ReadonlyArray<Verdict>>
  /**
   * One finite score per response, in their order: of two, the one with the higher score is better.
   * Absent where the judge only compares.
   */
  readonly score?:
    | ((responses: ReadonlyArray<Readonly<Record<"prompt" | "response", string>>>) => Promise<ReadonlyArray<number>>)
    | undefined
  /**
   * What the judge has learned from; of a judge made of others, what these have, each set of labels
   * once. Absent of gold, which stands for those who label, and where it is not known.
   */
  readonly labels?: LabelSets | undefined
  /** Absent where the judge reads all text whole. */
  readonly context?: JudgeContext | undefined
  /** Absent where every answer is a verdict. */
  readonly unreadable?: UnreadableAnswers | undefined
}

/** Answers that say nothing, such as those of a language model, and count for something. */
export interface UnreadableAnswers {
  /** Prints one line if there were any; `judge` is what gave them. */
  readonly print: (judge: string) => void
}

/**
 * The context that a judge reads within, and how many of the pairs that it has compared so far were
 * cut to it.
 */
export interface JudgeContext {
  readonly tokens: number
  readonly truncated: TruncationCount
}

/** Prints a line if a judge read less than it was shown, and one if it gave unreadable answers. */
export const printOmissions = ({ context, unreadable }: Pick<Judge, "context" | "unreadable">, judge = "the judge"): void => {
  context?.truncated.print(judge, "pairs", context.tokens)
  unreadable?.print(judge)
}
