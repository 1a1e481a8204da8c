/**
 * Figure 5, hypothesis 2: is it the quality of the data? Offline on pairs that are both from the
 * final online policy, labelled by gold.
 */

import { pipeline, sweep } from "assay"
import { frontier, label, optimize, optimizeOnline, policyAt, sample, verdicts } from "assay/stages"
import { againstSft } from "../shared/claims.ts"
import { captionOf, evaluateArms, type SetUp, sampleSeeds, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, small } from "../shared/study.ts"

export const quality = (common: SetUp) => {
  const { study, task, prompting, pairs, proxy } = common
  const { beta, headlineRate, seeds } = study
  const { prompts: limit, perPrompt, pairing } = study.data

  const arms = (at: At) => {
    const training = trainingAt(common, at)
    const online = optimizeOnline({ ...training, ...prompting, judge: proxy })
    const final = policyAt({ run: online.checkpoints, step: "last" })
    const responses = sample({ policy: final, ...prompting, limit, perPrompt, seed: sampleSeeds.final })
    return {
      offline: optimize({ ...training, preferences: pairs }),
      "offline on final": optimize({ ...training, preferences: label({ responses, judge: task.gold, pairing }) }),
      online,
    }
  }
  const grid = { beta: [beta], learningRate: [headlineRate], seed: seeds.elsewhere }
  const evaluations = sweep(grid, (at) => evaluateArms(common, arms(at)))

  const claims = [againstSft({ arm: "offline on final" }, "hardly")]

  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
    figures: {
      quality: frontier({
        evaluations,
        classifications: evaluations,
        metrics: sweep(grid, arms),
        title: `Offline on pairs of the final online policy, on ${study.task}`,
        caption: captionOf(common),
      }),
    },
  }
}

export default pipeline("f05-quality", () => quality(setUp(small("sentiment"))))
