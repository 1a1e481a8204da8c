import type { Json } from "assay"
import { expectConnection, requestsPerCall } from "../../ask/connection.ts"
import type { Pointwise, ScorerContext } from "../scorer.ts"
import { parametersOf } from "./program-input.ts"

/** A program that scores responses. */
export const run = ({ connection, parameters }: ScorerContext<Readonly<Record<string, Json>>, unknown>): Pointwise => {
  const { ask } = expectConnection(connection)
  return {
    batchSize: requestsPerCall,
    // Answers are kept where they are asked for.
    keeps: "nothing",
    score: async (responses) => {
      const requests = responses.map(({ prompt, response }) => ({ input: { prompt, response, ...parametersOf(parameters) } }))
      // What is not a number is refused as any scorer's would be.
      return (await ask(requests)) as ReadonlyArray<number>
    },
  }
}
