import { type ParameterValues, StageError } from "assay"
import { askAndRead, expectConnection, requestsPerCall } from "../../ask/connection.ts"
import { type ModelAnswer, modelRequest, readModelAnswer } from "../../ask/model.ts"
import { fillTemplate } from "../../ask/template.ts"
import type { Pointwise, ScorerContext } from "../scorer.ts"
import { UnreadableCount } from "../unreadable-count.ts"
import type { ratingParameters } from "./rating-judge.stage.ts"

type Parameters = ParameterValues<typeof ratingParameters>

/** A language model that rates responses one by one. */
export const run = ({ connection, parameters }: ScorerContext<Parameters, unknown>): Pointwise => {
  const asking = expectConnection(connection)
  const { template, revision, scale, model } = parameters
  const unreadable = new UnreadableCount({ model, lack: "have no rating, or several", counted: "as the middle of the scale" })
  const [lowest, highest] = [scale.lowest, scale.highest].map(String) as [string, string]
  return {
    batchSize: requestsPerCall,
    // Answers are kept where they are asked for.
    keeps: "nothing",
    unreadable,
    score: async (responses) => {
      const requests = responses.map(({ prompt, response }) =>
        modelRequest(parameters, fillTemplate(template, { prompt, response, lowest, highest })),
      )
      return askAndRead(asking, requests, { revision }, (answer) => {
        const rating = toScore(readModelAnswer(answer), parameters)
        unreadable.add(rating === null)
        return rating ?? (scale.lowest + scale.highest) / 2
      })
    },
  }
}

/** Null where it cannot be told, and `unreadable` lets that pass. */
const toScore = (answer: ModelAnswer, { scale, unreadable, model }: Parameters): number | null => {
  const rating = findRating(answer.text, scale)
  if (rating !== null || unreadable === "middle") return rating
  const cut = answer.finishReason === "length" ? ", where its tokens ended" : ""
  throw new StageError(
    "UnreadableAnswer",
    `${model} answered ${JSON.stringify(answer.text.slice(-300))}${cut}: expected a number from ${scale.lowest} to ${scale.highest}, and no other. Ask for it in the template, raise maxTokens, or count such answers as the middle of the scale by unreadable: "middle"`,
    { model },
  )
}

/**
 * The one number in an answer, such as "7", "**7.5**" or "7/10" of 10; null where it has none,
 * several, or one outside of the scale.
 */
export const findRating = (answer: string, { lowest, highest }: Parameters["scale"]): number | null => {
  const numbers = [...answer.matchAll(/(?<![\p{L}\p{N}.])-?\d+(?:\.\d+)?(?:\s*\/\s*(\d+))?(?![\p{L}\p{N}])/gu)]
  const ratings = new Set(
    numbers.flatMap(([text, of]) => (of === undefined || Number(of) === highest ? [Number.parseFloat(text)] : [Number.NaN])),
  )
  const [rating] = ratings
  return ratings.size === 1 && rating !== undefined && rating >= lowest && rating <= highest ? rating : null
}
