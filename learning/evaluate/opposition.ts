import { mean } from "../analyse/statistics/mean.ts"
import type { Judge, Verdict } from "../judge/judge.ts"
import { winProbability } from "../judge/verdict.ts"

/** One of an opponent's answers to a prompt. */
export interface OpposingAnswer {
  readonly text: string
  /** Its length. */
  readonly tokens: number
}

/** A response to one of the prompts, as the judge reads it. */
interface JudgedResponse {
  readonly promptIndex: number
  readonly text: string
}

/** A response compared with all of the opponent's answers to its prompt. */
export interface Comparison {
  /** Of the response, by the judge; null where it does not score responses one by one. */
  readonly score: number | null
  /** 1 for a win, ½ for a tie, 0 for a loss, in order of the opponent's answers. */
  readonly outcomes: ReadonlyArray<number>
}

interface OppositionOptions {
  readonly name: string
  readonly judge: Pick<Judge, "compare" | "score">
  /** The evaluation's prompts. */
  readonly prompts: ReadonlyArray<{ readonly prompt: string }>
  /** `[prompt][answer]`: at least one answer to each prompt. */
  readonly answers: ReadonlyArray<ReadonlyArray<OpposingAnswer>>
}

/**
 * An opponent: its answers to the prompts of an evaluation, the same for every checkpoint. A judge
 * that scores responses is asked once for each answer; one that only compares is asked about every
 * response with every answer.
 */
export class Opposition {
  readonly #options: OppositionOptions
  #scores: Promise<ReadonlyArray<ReadonlyArray<number>>> | undefined

  constructor(options: OppositionOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  /** The opponent's answers to a prompt. */
  answersTo(promptIndex: number): ReadonlyArray<OpposingAnswer> {
    return this.#options.answers[promptIndex] as ReadonlyArray<OpposingAnswer>
  }

  /** One comparison per response, in their order. */
  async compare(responses: ReadonlyArray<JudgedResponse>): Promise<ReadonlyArray<Comparison>> {
    const { judge } = this.#options
    if (judge.score !== undefined) {
      this.#scores ??= this.#scoreAnswers(judge.score)
      const opposing = await this.#scores
      const scores = await judge.score(responses.map((response) => ({ prompt: this.#promptOf(response), response: response.text })))
      return responses.map(({ promptIndex }, index) => {
        const score = scores[index] as number
        return { score, outcomes: (opposing[promptIndex] ?? []).map((other) => (score > other ? 1 : score < other ? 0 : 0.5)) }
      })
    }
    return (await this.#askAboutPairs(judge, responses)).map((verdicts) => ({
      score: verdicts[0]?.scores?.[0] ?? null,
      outcomes: verdicts.map(({ outcome }) => outcome),
    }))
  }

  /**
   * For each response the probability, by another judge, that it beats one of the opponent's
   * answers to its prompt, drawn at random: the mean of what the judge says of each of them.
   */
  async estimateOutcomes(judge: Pick<Judge, "compare">, responses: ReadonlyArray<JudgedResponse>): Promise<ReadonlyArray<number>> {
    return (await this.#askAboutPairs(judge, responses)).map((verdicts) => mean(verdicts.map(winProbability)))
  }

  /** What a judge says of every response with every answer: `[response][answer]`. */
  async #askAboutPairs(
    judge: Pick<Judge, "compare">,
    responses: ReadonlyArray<JudgedResponse>,
  ): Promise<ReadonlyArray<ReadonlyArray<Verdict>>> {
    const answers = responses.map(({ promptIndex }) => this.answersTo(promptIndex))
    const pairs = responses.flatMap((response, index) =>
      (answers[index] ?? []).map(({ text }) => ({ prompt: this.#promptOf(response), first: response.text, second: text })),
    )
    return splitLike(answers, await judge.compare(pairs))
  }

  #promptOf({ promptIndex }: JudgedResponse): string {
    return this.#options.prompts[promptIndex]?.prompt as string
  }

  async #scoreAnswers(score: NonNullable<Judge["score"]>): Promise<ReadonlyArray<ReadonlyArray<number>>> {
    const { prompts, answers } = this.#options
    const responses = answers.flatMap((ofPrompt, index) =>
      ofPrompt.map(({ text }) => ({ prompt: prompts[index]?.prompt as string, response: text })),
    )
    return splitLike(answers, await score(responses))
  }
}

/** Splits a list into consecutive parts that are as long as those of another list. */
const splitLike = <T>(parts: ReadonlyArray<ReadonlyArray<unknown>>, values: ReadonlyArray<T>): ReadonlyArray<ReadonlyArray<T>> => {
  let start = 0
  return parts.map(({ length }) => {
    const part = values.slice(start, start + length)
    start += length
    return part
  })
}
