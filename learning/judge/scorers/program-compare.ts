import { type Json, StageError } from "assay"
import { expectConnection, requestsPerCall } from "../../ask/connection.ts"
import { quoteJson } from "../../ask/model.ts"
import type { Pairwise, ScorerContext } from "../scorer.ts"
import { parametersOf } from "./program-input.ts"

/** A program that compares two responses. */
export const run = ({ connection, parameters }: ScorerContext<Readonly<Record<string, Json>>, unknown>): Pairwise => {
  const { ask } = expectConnection(connection)
  return {
    batchSize: requestsPerCall,
    // Answers are kept where they are asked for.
    keeps: "nothing",
    compare: async (pairs) => {
      const requests = pairs.map(({ prompt, first, second }) => ({ input: { prompt, first, second, ...parametersOf(parameters) } }))
      return (await ask(requests)).map(expectProbability)
    },
  }
}

const expectProbability = (answer: Json): number => {
  if (typeof answer === "number" && answer >= 0 && answer <= 1) return answer
  throw new StageError(
    "UnexpectedAnswer",
    `the program answered a pair by ${quoteJson(answer)}: expected a number from 0 to 1, the probability that the first response is better`,
  )
}
