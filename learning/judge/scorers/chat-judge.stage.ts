import type { Server } from "assay"
import { Schema } from "effect"
import type { GoldJudge } from "../../artifacts.ts"
import { modelParameters } from "../../ask/parameters.ts"
import { templateSchema } from "../../ask/template.ts"
import { Count, withDefault } from "../../parameter.ts"
import { type JudgeConstructor, type JudgeType, scorer } from "../scorer.ts"
import type { AskingJudgeOptions } from "./asking-judge.ts"

const Choice = Schema.NonEmptyString

/** Three texts that can be told apart. */
const ChoicesSchema = Schema.Struct({
  first: Choice,
  second: Choice,
  /** Null where the model must choose. */
  tie: withDefault(Schema.NullOr(Choice), null),
}).check(
  Schema.makeFilter(
    ({ first, second, tie }) => (first !== second && first !== tie && second !== tie) || "texts that differ for first, second and tie",
  ),
)

const comparison = `Two responses to a prompt follow. Say which of them is better.

Prompt:
{prompt}

Response A:
{first}

Response B:
{second}

Answer with one letter: A if response A is better, B if response B is better, C if neither is.
Answer:`

export const comparisonParameters = {
  ...modelParameters,
  /** What is asked: a text with the places {prompt}, {first} and {second}. */
  template: withDefault(templateSchema(["first", "second"], ["prompt"]), comparison),
  /** What the template asks for, and the answer must have exactly one of. */
  choices: withDefault(ChoicesSchema, { first: "A", second: "B", tie: "C" }),
  /**
   * Whether the log-probabilities of the first token decide, where it can be a choice: the judge
   * then has probabilities.
   */
  logprobs: withDefault(Schema.Boolean, false),
  /** What an answer counts for that has none of the choices, or several. */
  unreadable: withDefault(Schema.Literals(["error", "tie"]), "error"),
  /** The longest answer, in the model's tokens; null leaves it to the server. */
  maxTokens: withDefault(Schema.NullOr(Count), 16),
}

/**
 * A language model that compares responses, behind a server that has OpenAI's protocol: vLLM,
 * llama.cpp, SGLang, or a provider. `connect` is its url up to `/v1`. It is asked about every pair
 * in both orders, and ties those on which its answers differ. What is declared here keys its
 * answers; the server's address does not. Each is kept as soon as it is there.
 *
 *   const critic = chatJudge({ name: "critic", connect: server({ url: "env:VLLM_URL" }) })
 *   const pairs = label({ responses, judge: critic({ model: "Qwen/Qwen2.5-7B-Instruct" }) })
 *
 * Parameters: `model`; `revision`, what tells versions of one name apart; `api`, "chat" (default)
 * or "completions"; `system`; `template`, a text with the places {prompt}, {first} and {second};
 * `choices`, the texts that it asks for (`{ first: "A", second: "B", tie: "C" }`); `logprobs`,
 * whether the first token's probabilities decide (false); `temperature` (0); `maxTokens` (16);
 * `unreadable`, what an answer without a choice is, "error" (default) or "tie"; `extraBody`,
 * further fields of a request. Fails with a StageError: `NotAnswered`, `UnexpectedAnswer`, or
 * `UnreadableAnswer` (details `model`).
 */
export const chatJudge = <J extends JudgeType = typeof GoldJudge>(
  options: AskingJudgeOptions<J, Server>,
): JudgeConstructor<Record<never, never>, typeof comparisonParameters, J> =>
  scorer({ ...options, parameters: comparisonParameters, run: () => import("./chat-judge.ts") })
