import type { Server } from "assay"
import { Schema } from "effect"
import type { GoldJudge } from "../../artifacts.ts"
import { modelParameters } from "../../ask/parameters.ts"
import { templateSchema } from "../../ask/template.ts"
import { Count, withDefault } from "../../parameter.ts"
import { type JudgeConstructor, type JudgeType, scorer } from "../scorer.ts"
import type { AskingJudgeOptions } from "./asking-judge.ts"

const protocols = ["openrlhf", "vllm-pooling", "vllm-classify", "vllm-score", "tei-predict"] as const

export const rewardParameters = {
  /** How the server is asked, and what it answers. */
  protocol: Schema.Literals(protocols),
  model: modelParameters.model,
  revision: modelParameters.revision,
  /** Where the server listens, instead of where its protocol has it. */
  path: withDefault(Schema.NullOr(Schema.NonEmptyString), null),
  /** What the model reads: a text with the places {prompt} and {response}. */
  template: withDefault(templateSchema(["response"], ["prompt"]), "{prompt}{response}"),
  /** Responses of one request. */
  batchSize: withDefault(Count, 16),
  /** Whether differences of scores are log-odds, as those of a Bradley-Terry reward model are. */
  calibrated: withDefault(Schema.Boolean, false),
  extraBody: modelParameters.extraBody,
}

/**
 * A reward model behind a server: of two responses, the one with the higher score is better.
 * `connect` is the server's url, to which the protocol adds its path. What is declared here keys
 * its answers; the server's address does not. Each is kept as soon as it is there.
 *
 *   const reward = rewardServer({
 *     name: "reward",
 *     connect: server({ url: "env:REWARD_URL" }),
 *     judge: ProxyJudge,
 *   })
 *   const proxy = reward({ protocol: "vllm-classify", model: "org/reward-model" })
 *
 * Parameters: `protocol`, "openrlhf" (`/get_reward`), "vllm-pooling" (`/pooling`), "vllm-classify"
 * (`/classify`), "vllm-score" (`/score`, of prompt and response apart) or "tei-predict"
 * (`/predict`); `model`; `revision`, what tells versions of one name apart; `path`, where the
 * server listens elsewhere; `template`, what the model reads, a text with the places {prompt} and
 * {response} ("{prompt}{response}"); `batchSize`, responses of one request (16); `calibrated`,
 * whether differences of scores are log-odds (false); `extraBody`, further fields of a request.
 * Fails with a StageError: `NotAnswered`, or `UnexpectedAnswer` (details `path`), also where the
 * number of scores is another than that of responses.
 */
export const rewardServer = <J extends JudgeType = typeof GoldJudge>(
  options: AskingJudgeOptions<J, Server>,
): JudgeConstructor<Record<never, never>, typeof rewardParameters, J> =>
  scorer({ ...options, parameters: rewardParameters, run: () => import("./reward-server.ts") })
