/**
 * Can a policy classify its own samples? Its accuracy on pairs that it drew itself at each
 * checkpoint, in gold's order. The arms are those of figures 6 to 8.
 */

import { pipeline, sweep } from "assay"
import { optimize, optimizeOnline, overTraining, shuffle, verdicts } from "assay/stages"
import { classifies } from "../shared/claims.ts"
import { captionOf, evaluateArms, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, small } from "../shared/study.ts"

export const ownSamples = (common: SetUp) => {
  const { study, prompting, pairs, proxy } = common
  const { task, beta, headlineRate, seeds } = study

  const arms = (at: At) => {
    const training = trainingAt(common, at)
    const online = optimizeOnline({ ...training, ...prompting, judge: proxy })
    const randomOrder = shuffle({ preferences: online.stream, window: "all", seed: at.seed })
    return {
      offline: optimize({ ...training, preferences: pairs }),
      shuffled: optimize({ ...training, preferences: randomOrder, order: "stream" }),
      online,
    }
  }
  const grid = { beta: [beta], learningRate: [headlineRate], seed: seeds.elsewhere }
  const evaluations = sweep(grid, (at) => {
    const trained = arms(at)
    return evaluateArms(common, trained, trained.online.stream)
  })

  const claims = ["offline", "shuffled", "online"].map((arm) => classifies({ arm }, "samples", "no better than chance"))

  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
    figures: {
      samples: overTraining({
        classifications: evaluations,
        sources: ["samples"],
        title: `Policies as classifiers of their own samples, on ${task}`,
        caption: captionOf(common),
      }),
    },
  }
}

export default pipeline("e01-own-samples", () => ownSamples(setUp(small("sentiment"))))
