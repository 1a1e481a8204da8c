import { type Answers, StageError } from "assay"
import type { Judge, TextPair, Verdict } from "./judge.ts"
import type { Keeps, PairAnswer, Pairwise, Pointwise, Scoring, TextResponse } from "./scorer.ts"
import { toVerdict } from "./verdict.ts"

/**
 * Texts of which the score is remembered: enough for the batches that stages judge at a time, and
 * some megabytes at most.
 */
const maxScores = 50_000

/** Responses, or pairs, of one call, unless a scorer says otherwise. */
const defaultBatchSize = 256

/**
 * The verdicts of a scorer, called `name` in errors; `answers` are those that it gave before.
 * Throws a StageError `ScorerAnswer` where it does not return one answer for each response or pair,
 * or one that is not what it should be.
 */
export const judgeBy = (
  name: string,
  scoring: Scoring,
  answers: Answers | null = null,
): Pick<Judge, "compare" | "score" | "context" | "unreadable"> => {
  const { context, unreadable } = scoring
  if ("score" in scoring && typeof scoring.score === "function") return { ...judgePointwise(name, scoring, answers), context, unreadable }
  if ("compare" in scoring && typeof scoring.compare === "function")
    return { compare: comparePairwise(name, scoring, answers), context, unreadable }
  throw new StageError("ScorerAnswer", `scorer ${name}: its \`run\` returned neither { score } nor { compare }`)
}

/**
 * Each response is scored once while it is remembered: it is in several pairs, and opponents answer
 * every checkpoint with the same texts.
 */
const judgePointwise = (
  name: string,
  { score: ask, probability, ...asked }: Pointwise,
  answers: Answers | null,
): Required<Pick<Judge, "compare" | "score">> => {
  const scoreByText = new Map<string, number>()
  const score = async (responses: ReadonlyArray<TextResponse>): Promise<ReadonlyArray<number>> => {
    const texts = new Map(responses.map(({ prompt, response }) => [keyOf(prompt, response), { prompt, response }] as const))
    if (scoreByText.size + texts.size > maxScores) scoreByText.clear()
    const missing = [...texts].filter(([key]) => !scoreByText.has(key))
    const wanted = missing.map(([, { prompt, response }]) => ({ prompt, response }))
    const scores = await inBatches(wanted, { ...asked, answers }, async (batch) => {
      const given = expectOneEach(name, "response", batch.length, await ask(batch))
      const odd = given.findIndex((answer) => typeof answer !== "number" || !Number.isFinite(answer))
      if (odd !== -1) throw wrongAnswer(name, `the score of a response is ${spell(given[odd])}: expected a finite number`, batch[odd])
      return given as ReadonlyArray<number>
    })
    for (const [index, [key]] of missing.entries()) scoreByText.set(key, scores[index] as number)
    return responses.map(({ prompt, response }) => scoreByText.get(keyOf(prompt, response)) as number)
  }
  const compare = async (pairs: ReadonlyArray<TextPair>): Promise<ReadonlyArray<Verdict>> => {
    const scores = await score(pairs.flatMap(({ prompt, first, second }) => [first, second].map((response) => ({ prompt, response }))))
    return pairs.map((_, index) => toVerdict(scores[2 * index] as number, scores[2 * index + 1] as number, probability))
  }
  return { compare, score }
}

const keyOf = (prompt: string, response: string): string => `${prompt.length} ${prompt}${response}`

const comparePairwise = (name: string, { compare, isSymmetric = false, ...asked }: Pairwise, answers: Answers | null): Judge["compare"] => {
  const ask = (pairs: ReadonlyArray<TextPair>): Promise<ReadonlyArray<Verdict>> => {
    const wanted = pairs.map(({ prompt, first, second }) => ({ prompt, first, second }))
    return inBatches(wanted, { ...asked, answers }, async (batch) => {
      const given = expectOneEach(name, "pair", batch.length, await compare(batch))
      return given.map((answer, index) => verdictOf(name, answer as PairAnswer, batch[index] as TextPair))
    })
  }
  if (isSymmetric) return ask
  return async (pairs) => {
    const verdicts = await ask([...pairs, ...pairs.map(({ prompt, first, second }) => ({ prompt, first: second, second: first }))])
    return pairs.map((_, index) => symmetrise(verdicts[index] as Verdict, verdicts[index + pairs.length] as Verdict))
  }
}

/** From the verdicts on both orders: a tie where they do not agree. */
const symmetrise = (given: Verdict, exchanged: Verdict): Verdict => {
  const outcome = given.outcome === 1 - exchanged.outcome ? given.outcome : 0.5
  const probability = 0.5 + ((given.probability ?? given.outcome) - (exchanged.probability ?? exchanged.outcome)) / 2
  return { outcome, probability, scores: given.scores }
}

const verdictOf = (name: string, answer: PairAnswer, pair: TextPair): Verdict => {
  if (typeof answer === "number" && answer >= 0 && answer <= 1)
    return { outcome: answer > 0.5 ? 1 : answer < 0.5 ? 0 : 0.5, probability: answer, scores: null }
  if (typeof answer === "object" && answer !== null && [0, 0.5, 1].includes(answer.outcome)) return answer
  throw wrongAnswer(name, `the answer for a pair is ${spell(answer)}: expected a number from 0 to 1, or a verdict`, pair)
}

const expectOneEach = (name: string, what: string, expected: number, answers: unknown): ReadonlyArray<unknown> => {
  const list = answers instanceof Float32Array || answers instanceof Float64Array ? [...answers] : answers
  if (Array.isArray(list) && list.length === expected) return list
  const found = Array.isArray(list) ? `${list.length} answers` : `${spell(answers)}, which is not a list`
  throw new StageError(
    "ScorerAnswer",
    `scorer ${name} was given ${expected} ${what}s and returned ${found}: return one answer for each, in order`,
    {
      expected,
    },
  )
}

const wrongAnswer = (name: string, problem: string, asked: TextResponse | TextPair | undefined): StageError =>
  new StageError("ScorerAnswer", `scorer ${name}: ${problem} (the prompt is ${JSON.stringify(asked?.prompt)})`, {
    prompt: asked?.prompt ?? "",
  })

const spell = (value: unknown): string => (typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value)))

interface InBatches {
  readonly batchSize?: number
  readonly keeps?: Keeps
  /** What was answered before; null where nothing is kept. */
  readonly answers: Answers | null
}

/** Asks for batches in the order of the rows, and not for what is known. */
const inBatches = async <A extends object, B>(
  rows: ReadonlyArray<A>,
  { batchSize = defaultBatchSize, keeps = "rows", answers }: InBatches,
  ask: (batch: ReadonlyArray<A>) => Promise<ReadonlyArray<B>>,
): Promise<ReadonlyArray<B>> => {
  const batches = (all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
    Array.from({ length: Math.ceil(all.length / batchSize) }, (_, index) => all.slice(index * batchSize, (index + 1) * batchSize))
  const askAll = async (all: ReadonlyArray<ReadonlyArray<A>>): Promise<ReadonlyArray<ReadonlyArray<B>>> => {
    const given: Array<ReadonlyArray<B>> = []
    for (const batch of all) given.push(await ask(batch))
    return given
  }
  // Answers are numbers or verdicts, and rows texts: both are JSON.
  const known = answers as KnownAnswers<B> | null
  if (known === null || keeps === "nothing") return (await askAll(batches(rows))).flat()
  if (keeps === "batches") return (await known.of("batches", batches(rows), askAll)).flat()
  return known.of("rows", rows, async (missing) => (await askAll(batches(missing))).flat())
}

/** Answers to what is known to be JSON. */
interface KnownAnswers<B> {
  readonly of: <R, A extends B | ReadonlyArray<B>>(
    scope: string,
    rows: ReadonlyArray<R>,
    compute: (missing: ReadonlyArray<R>) => Promise<ReadonlyArray<A>>,
  ) => Promise<ReadonlyArray<A>>
}
