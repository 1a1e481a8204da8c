import type { Server } from "assay"
import { Schema } from "effect"
import type { GoldJudge } from "../../artifacts.ts"
import { modelParameters } from "../../ask/parameters.ts"
import { templateSchema } from "../../ask/template.ts"
import { Count, withDefault } from "../../parameter.ts"
import { type JudgeConstructor, type JudgeType, scorer } from "../scorer.ts"
import type { AskingJudgeOptions } from "./asking-judge.ts"

const Scale = Schema.Struct({ lowest: Schema.Finite, highest: Schema.Finite }).check(
  Schema.makeFilter(({ lowest, highest }) => lowest < highest || "a scale whose lowest number is below its highest"),
)

const question = `Rate the response to a prompt on a scale from {lowest} to {highest}, where {highest} is best.

Prompt:
{prompt}

Response:
{response}

Answer with one number.
Rating:`

export const ratingParameters = {
  ...modelParameters,
  /** What is asked: a text with the places {prompt}, {response}, {lowest} and {highest}. */
  template: withDefault(templateSchema(["response"], ["prompt", "lowest", "highest"]), question),
  /** Between which numbers the answer must have exactly one. */
  scale: withDefault(Scale, { lowest: 1, highest: 10 }),
  /** What an answer counts for that has no such number, or several. */
  unreadable: withDefault(Schema.Literals(["error", "middle"]), "error"),
  /** The longest answer, in the model's tokens; null leaves it to the server. */
  maxTokens: withDefault(Schema.NullOr(Count), 16),
}

/**
 * A language model that rates responses one by one, behind a server that has OpenAI's protocol: of
 * two, the one with the higher rating is better, and equal ratings tie. It is asked about each
 * response once, however many pairs it is in. Otherwise as `chatJudge`.
 *
 *   const rater = ratingJudge({ name: "rater", connect: server({ url: "env:VLLM_URL" }) })
 *   const pairs = label({ responses, judge: rater({ model: "Qwen/Qwen2.5-7B-Instruct" }) })
 *
 * Parameters: `model`, `revision`, `api`, `system`, `temperature` (0), `maxTokens` (16) and
 * `extraBody` as of `chatJudge`; `template`, a text with the places {prompt}, {response}, {lowest}
 * and {highest}; `scale` (`{ lowest: 1, highest: 10 }`); `unreadable`, what an answer without a
 * number is, "error" (default) or "middle" of the scale. Fails with a StageError: `NotAnswered`,
 * `UnexpectedAnswer`, or `UnreadableAnswer` (details `model`).
 */
export const ratingJudge = <J extends JudgeType = typeof GoldJudge>(
  options: AskingJudgeOptions<J, Server>,
): JudgeConstructor<Record<never, never>, typeof ratingParameters, J> =>
  scorer({ ...options, parameters: ratingParameters, run: () => import("./rating-judge.ts") })
