/**
 * Figure 3: is the order of the data all that online training has? The online stream, replayed in
 * its order by the offline optimiser. Here the two are equal bit for bit, and the evaluation of the
 * one is that of the other.
 */

import { pipeline, sweep } from "assay"
import { frontier, optimize, optimizeOnline, verdicts } from "assay/stages"
import { equal } from "../shared/claims.ts"
import { captionOf, evaluateArms, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, small } from "../shared/study.ts"

export const replay = (common: SetUp) => {
  const { study, prompting, proxy } = common
  const { task, beta, headlineRate, seeds } = study

  const arms = (at: At) => {
    const training = trainingAt(common, at)
    const online = optimizeOnline({ ...training, ...prompting, judge: proxy })
    return { online, replayed: optimize({ ...training, preferences: online.stream, order: "stream" }) }
  }
  const grid = { beta: [beta], learningRate: [headlineRate], seed: seeds.elsewhere }
  const evaluations = sweep(grid, (at) => evaluateArms(common, arms(at)))

  // Equal bit for bit, so that any difference at all is one.
  const claims = equal({ arm: "replayed" }, { arm: "online" }, 1e-9)

  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
    figures: {
      replay: frontier({
        evaluations,
        classifications: evaluations,
        metrics: sweep(grid, arms),
        title: `Online, and its stream replayed in order, on ${task}`,
        caption: captionOf(common),
      }),
    },
  }
}

export default pipeline("f03-replay", () => replay(setUp(small("sentiment"))))
