import { type Json, StageError } from "assay"
import { Option, Schema } from "effect"
import { quoteJson } from "../../ask/model.ts"
import type { TextResponse } from "../scorer.ts"

/** How a server of rewards is asked for several at once, and what it answers. */
interface Protocol {
  /** Where it listens, behind the url of the server. */
  readonly path: string
  /** `texts` are prompts and responses as the template writes them. */
  readonly body: (model: string, texts: ReadonlyArray<string>, responses: ReadonlyArray<TextResponse>) => Record<string, Json>
  /** The scores in an answer, in the order of the responses; undefined where it is none. */
  readonly scores: (answer: Json) => ReadonlyArray<number> | undefined
  /** What an answer looks like. */
  readonly expected: string
}

const reader = <A>(schema: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownOption(schema)
  return <B>(read: (answer: A) => B) =>
    (answer: Json): B | undefined =>
      Option.getOrUndefined(Option.map(decode(answer), read))
}

/** In the order of their `index`. */
const inOrder = <A extends { readonly index: number }>(data: ReadonlyArray<A>): ReadonlyArray<A> =>
  data.toSorted((a, b) => a.index - b.index)

const numbers = Schema.Array(Schema.Number)
const listOf = <F extends Schema.Struct.Fields>(fields: F) =>
  Schema.Struct({ data: Schema.Array(Schema.Struct({ index: Schema.Int, ...fields })) })

export const rewardProtocols = {
  /** OpenRLHF's `serve_rm`. */
  openrlhf: {
    path: "/get_reward",
    body: (_, texts, responses) => ({ query: texts, prompts: responses.map(({ prompt }) => prompt) }),
    scores: reader(Schema.Struct({ rewards: numbers }))(({ rewards }) => rewards),
    expected: '{ "rewards": [0.5] }',
  },
  /** vLLM's reward models: of several numbers the last, which is that of the last token. */
  "vllm-pooling": {
    path: "/pooling",
    body: (model, texts) => ({ model, input: texts }),
    scores: reader(listOf({ data: Schema.Union([numbers, Schema.Array(numbers)]) }))(({ data }) =>
      inOrder(data).map(({ data: values }) => values.flat().at(-1) ?? Number.NaN),
    ),
    expected: '{ "data": [{ "index": 0, "data": [0.5] }] }',
  },
  /** vLLM's classifiers of one label. */
  "vllm-classify": {
    path: "/classify",
    body: (model, texts) => ({ model, input: texts }),
    scores: reader(listOf({ probs: numbers }))(({ data }) => inOrder(data).map(({ probs }) => only(probs))),
    expected: '{ "data": [{ "index": 0, "probs": [0.5] }] }',
  },
  /** vLLM's scores of pairs of texts: the prompt, and the response without the template. */
  "vllm-score": {
    path: "/score",
    body: (model, _, responses) => ({
      model,
      text_1: responses.map(({ prompt }) => prompt),
      text_2: responses.map(({ response }) => response),
    }),
    scores: reader(listOf({ score: Schema.Number }))(({ data }) => inOrder(data).map(({ score }) => score)),
    expected: '{ "data": [{ "index": 0, "score": 0.5 }] }',
  },
  /** Hugging Face's text-embeddings-inference, of models with one label. */
  "tei-predict": {
    path: "/predict",
    body: (_, texts) => ({ inputs: texts.map((text) => [text]), raw_scores: true }),
    scores: reader(Schema.Array(Schema.Array(Schema.Struct({ score: Schema.Number }))))((answer) =>
      answer.map((labels) => only(labels.map(({ score }) => score))),
    ),
    expected: '[[{ "label": "LABEL_0", "score": 0.5 }]]',
  },
} satisfies Readonly<Record<string, Protocol>>

export type RewardProtocol = keyof typeof rewardProtocols

/**
 * The scores in an answer to `count` responses. Throws a StageError `UnexpectedAnswer` where it has
 * another number of scores, or they are not finite.
 */
export const readScores = (name: RewardProtocol, answer: Json, count: number): ReadonlyArray<number> => {
  const { scores: read, expected, path }: Protocol = rewardProtocols[name]
  const scores = read(answer)
  const problem =
    scores === undefined
      ? `what is not of the protocol ${name}`
      : scores.length !== count
        ? `${scores.length} scores`
        : scores.every(Number.isFinite)
          ? null
          : "scores of which some are not one finite number"
  if (problem !== null)
    throw new StageError(
      "UnexpectedAnswer",
      `the server answered ${count} responses by ${problem}: ${quoteJson(answer)}. Expected one number for each, such as ${expected}. Choose the protocol that the server has, and a model with one output`,
      { path },
    )
  return scores ?? []
}

/** Not a number where there are several: which one is meant is not said. */
const only = (values: ReadonlyArray<number>): number => (values.length === 1 ? (values[0] as number) : Number.NaN)
