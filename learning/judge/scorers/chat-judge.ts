import { type ParameterValues, StageError } from "assay"
import { askAndRead, expectConnection, requestsPerCall } from "../../ask/connection.ts"
import { type ModelAnswer, modelRequest, readModelAnswer } from "../../ask/model.ts"
import { fillTemplate } from "../../ask/template.ts"
import type { Pairwise, ScorerContext } from "../scorer.ts"
import { UnreadableCount } from "../unreadable-count.ts"
import type { comparisonParameters } from "./chat-judge.stage.ts"
import { findChoice, weighChoices } from "./choices.ts"

type Parameters = ParameterValues<typeof comparisonParameters>

/** The most that servers tell of a place: OpenAI's limits. */
const toldTokens = { chat: 20, completions: 5 } as const

/** A language model that says which of two responses is better. */
export const run = ({ connection, parameters }: ScorerContext<Parameters, unknown>): Pairwise => {
  const asking = expectConnection(connection)
  const { template, revision, api, logprobs, model } = parameters
  const unreadable = new UnreadableCount({ model, lack: "name none of the choices, or several", counted: "as ties" })
  return {
    batchSize: requestsPerCall,
    // Answers are kept where they are asked for.
    keeps: "nothing",
    unreadable,
    compare: async (pairs) => {
      const requests = pairs.map(({ prompt, first, second }) =>
        modelRequest(parameters, fillTemplate(template, { prompt, first, second }), logprobs ? { logprobs: toldTokens[api] } : {}),
      )
      return askAndRead(asking, requests, { revision }, (answer) => {
        const probability = toProbability(readModelAnswer(answer), parameters)
        unreadable.add(probability === null)
        return probability ?? 0.5
      })
    },
  }
}

/** Null where it cannot be told, and `unreadable` lets that pass. */
const toProbability = (answer: ModelAnswer, { choices, logprobs, unreadable, model }: Parameters): number | null => {
  const weighed = logprobs ? weighChoices(answer.firstToken, choices) : null
  const probability = weighed ?? findChoice(answer.text, choices)
  if (probability !== null || unreadable === "tie") return probability
  const expected = [choices.first, choices.second, ...(choices.tie === null ? [] : [choices.tie])].map((word) => JSON.stringify(word))
  const cut = answer.finishReason === "length" ? ", where its tokens ended" : ""
  throw new StageError(
    "UnreadableAnswer",
    `${model} answered ${JSON.stringify(answer.text.slice(-300))}${cut}: expected one of ${expected.join(", ")}, and not several. Ask for them in the template, raise maxTokens, or count such answers as ties by unreadable: "tie"`,
    { model },
  )
}
