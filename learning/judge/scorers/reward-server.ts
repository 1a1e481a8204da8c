import type { ParameterValues } from "assay"
import { askAndRead, expectConnection, requestsPerCall } from "../../ask/connection.ts"
import { fillTemplate } from "../../ask/template.ts"
import type { Pointwise, ScorerContext } from "../scorer.ts"
import { sigmoid } from "../verdict.ts"
import { readScores, rewardProtocols } from "./reward-protocols.ts"
import type { rewardParameters } from "./reward-server.stage.ts"

/** A reward model behind a server. */
export const run = ({ connection, parameters }: ScorerContext<ParameterValues<typeof rewardParameters>, unknown>): Pointwise => {
  const asking = expectConnection(connection)
  const { protocol, model, revision, template, batchSize, extraBody, calibrated } = parameters
  const { path: usualPath, body } = rewardProtocols[protocol]
  const path = parameters.path ?? usualPath
  return {
    batchSize: requestsPerCall,
    // A request of one response is kept where it is asked for; of several, each response.
    keeps: batchSize === 1 ? "nothing" : "rows",
    ...(calibrated ? { probability: sigmoid } : {}),
    score: async (responses) => {
      const batches = Array.from({ length: Math.ceil(responses.length / batchSize) }, (_, index) =>
        responses.slice(index * batchSize, (index + 1) * batchSize),
      )
      const requests = batches.map((batch) => {
        const texts = batch.map(({ prompt, response }) => fillTemplate(template, { prompt, response }))
        return { path, body: { ...extraBody, ...body(model, texts, batch) } }
      })
      const scores = await askAndRead(asking, requests, { model, revision }, (answer, index) =>
        readScores(protocol, answer, batches[index]?.length ?? 0),
      )
      return scores.flat()
    },
  }
}
