import { type ConnectionRequest, type Json, type ParameterValues, StageError } from "assay"
import { Option, Schema } from "effect"
import type { modelParameters } from "./parameters.ts"

/** How a model is asked, and for how long an answer. */
export type ModelParameters = ParameterValues<typeof modelParameters> & {
  /** In the model's tokens; null leaves it to the server. */
  readonly maxTokens: number | null
}

/** What a single request has besides. */
export interface RequestOptions {
  readonly seed?: number
  /** Where the same request is to be answered several times. */
  readonly repeat?: number
  /** How many tokens to tell the log-probabilities of, at each place; none if absent. */
  readonly logprobs?: number
  readonly stop?: ReadonlyArray<string>
}

/** A request for the answer to a text. */
export const modelRequest = (
  { model, api, system, temperature, maxTokens, extraBody }: ModelParameters,
  text: string,
  { seed, repeat, logprobs, stop = [] }: RequestOptions = {},
): ConnectionRequest => {
  const body = {
    ...extraBody,
    model,
    temperature,
    ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop.length === 0 ? {} : { stop }),
  }
  const again = repeat === undefined ? {} : { repeat }
  if (api === "completions")
    return { path: "/completions", body: { ...body, prompt: text, ...(logprobs === undefined ? {} : { logprobs }) }, ...again }
  const messages = [...(system === null ? [] : [{ role: "system", content: system }]), { role: "user", content: text }]
  return {
    path: "/chat/completions",
    body: { ...body, messages, ...(logprobs === undefined ? {} : { logprobs: true, top_logprobs: logprobs }) },
    ...again,
  }
}

/** What a model answered. */
export interface ModelAnswer {
  readonly text: string
  /** "stop", "length", or what else the server says. */
  readonly finishReason: string
  /** In the model's tokens; null where the server does not count them. */
  readonly tokens: number | null
  /**
   * Log-probabilities, in nats, of what could have been the first token; empty where not asked for.
   */
  readonly firstToken: ReadonlyArray<readonly [token: string, logProbability: number]>
}

const Token = Schema.Struct({ token: Schema.String, logprob: Schema.Finite })
const Logprobs = Schema.Struct({
  /** Of a chat. */
  content: Schema.optional(Schema.NullOr(Schema.Array(Schema.Struct({ top_logprobs: Schema.optional(Schema.Array(Token)) })))),
  /** Of a completion. */
  top_logprobs: Schema.optional(Schema.NullOr(Schema.Array(Schema.NullOr(Schema.Record(Schema.String, Schema.Finite))))),
})
const Choice = Schema.Struct({
  message: Schema.optional(Schema.Struct({ content: Schema.optional(Schema.NullOr(Schema.String)) })),
  text: Schema.optional(Schema.String),
  finish_reason: Schema.optional(Schema.NullOr(Schema.String)),
  logprobs: Schema.optional(Schema.NullOr(Logprobs)),
})
const Answer = Schema.Struct({
  choices: Schema.NonEmptyArray(Choice),
  usage: Schema.optional(Schema.NullOr(Schema.Struct({ completion_tokens: Schema.optional(Schema.Int) }))),
})
const decode = Schema.decodeUnknownOption(Answer)

/**
 * Reads an answer. Throws a StageError `UnexpectedAnswer` where it is not one of OpenAI's protocol.
 */
export const readModelAnswer = (answer: Json): ModelAnswer => {
  const read = Option.getOrUndefined(decode(answer))
  const choice = read?.choices[0]
  if (read === undefined || choice === undefined || (choice.message === undefined && choice.text === undefined))
    throw new StageError(
      "UnexpectedAnswer",
      `the server answered ${quoteJson(answer)}: expected { choices: [{ message: { content } }] } or { choices: [{ text }] }. Ask one that has OpenAI's protocol, at the url that ends in /v1`,
    )
  const { content, top_logprobs } = choice.logprobs ?? {}
  return {
    text: choice.message?.content ?? choice.text ?? "",
    finishReason: choice.finish_reason ?? "stop",
    tokens: read.usage?.completion_tokens ?? null,
    firstToken:
      content?.[0]?.top_logprobs?.map(({ token, logprob }) => [token, logprob] as const) ?? Object.entries(top_logprobs?.[0] ?? {}),
  }
}

/** The beginning of an answer, for a message. */
export const quoteJson = (answer: Json): string => {
  const text = JSON.stringify(answer)
  return text.length <= 300 ? text : `${text.slice(0, 300)}…`
}
