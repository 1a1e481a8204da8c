import { type Server, type Stage, stage } from "assay"
import { Schema } from "effect"
import { Prompts, Responses } from "../artifacts.ts"
import { modelParameters } from "../ask/parameters.ts"
import { templateSchema } from "../ask/template.ts"
import { Count, Seed, Split, withDefault } from "../parameter.ts"

export const samplerParameters = {
  ...modelParameters,
  /** What is asked: a text with the place {prompt}. */
  template: withDefault(templateSchema(["prompt"]), "{prompt}"),
  /** Responses per prompt. */
  perPrompt: Count,
  /** Names the seed of each draw, with the prompt's id and the number of the response. */
  seed: Seed,
  /** Which prompts to answer. */
  split: withDefault(Split, "train"),
  /** The most prompts to answer, from the first of the table on. */
  limit: withDefault(Count, 1_000_000),
  /** What the server divides logits by; 0 takes the likeliest token. */
  temperature: withDefault(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)), 1),
  /** The longest response, in the model's tokens; null leaves it to the server. */
  maxTokens: withDefault(Schema.NullOr(Count), 256),
  /** Texts that end a response, which it then does not contain. */
  stop: withDefault(Schema.Array(Schema.NonEmptyString), []),
}

/** How a sampler is declared. */
export interface ServerSamplerOptions {
  /** What the stage is called. */
  readonly name: string
  /** The server that it asks, by `server({ … })`. */
  readonly connect: Server
}

type SamplerStage = Stage<
  { readonly prompts: typeof Prompts },
  typeof samplerParameters,
  { readonly responses: typeof Responses },
  Readonly<Record<never, never>>
>

/**
 * A stage that draws responses from a language model behind a server that has OpenAI's protocol:
 * vLLM, llama.cpp, SGLang, or a provider. `connect` is its url up to `/v1`. Each response is a
 * request with a seed of its own, which is kept as soon as it is there: a run that was interrupted
 * asks for the rest, and a longer table of prompts for the new ones.
 *
 *   const draw = serverSampler({ name: "draw", connect: server({ url: "env:VLLM_URL" }) })
 *   const responses = draw({ prompts, model: "Qwen/Qwen2.5-7B-Instruct", perPrompt: 2, seed: 1 })
 *
 * Parameters: `model`; `revision`, what tells versions of one name apart; `api`, "chat" (default)
 * or "completions"; `system`; `template`, a text with the place {prompt} ("{prompt}"); `perPrompt`;
 * `seed`; `split` ("train"); `limit`, the most prompts; `temperature` (1); `maxTokens` (256);
 * `stop`; `extraBody`, further fields of a request. The rows have no tokens of a policy of ours:
 * `token_ids` is empty, `logp_policy` and `policy_key` are absent, and `tokens` counts the model's,
 * where the server does. The answer of a chat that begins without white space is given a space,
 * because prompts end without one. Fails with a StageError: `NoPrompts`, `NotAnswered`, or
 * `UnexpectedAnswer`.
 */
export const serverSampler = ({ name, connect }: ServerSamplerOptions): SamplerStage =>
  stage({
    name,
    inputs: { prompts: Prompts },
    parameters: samplerParameters,
    outputs: { responses: Responses },
    connect,
    run: () => import("./server-sampler.ts"),
  })
