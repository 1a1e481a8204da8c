/**
 * Figure 4, hypothesis 1: is it what the data cover? Offline on the very pairs that online training
 * saw, in random order.
 */

import { pipeline, sweep } from "assay"
import { alongAxis, frontier, optimize, optimizeOnline, shuffle, verdicts } from "assay/stages"
import { above, equal } from "../shared/claims.ts"
import { captionOf, evaluateArms, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, small } from "../shared/study.ts"

export const coverage = (common: SetUp) => {
  const { study, prompting, pairs, proxy } = common
  const { task, beta, ablatedRates: rates, headlineRate, seeds } = study

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
  const grid = { beta: [beta], learningRate: rates, seed: seeds.elsewhere }
  const evaluations = sweep(grid, (at) => evaluateArms(common, arms(at)))
  const headline = { ...grid, learningRate: [headlineRate] }
  const evaluationsAtHeadline = sweep(headline, (at) => evaluateArms(common, arms(at)))

  const at = { learningRate: headlineRate }
  const claims = [...above({ arm: "online", at }, { arm: "shuffled", at }), ...equal({ arm: "shuffled", at }, { arm: "offline", at })]

  const caption = captionOf(common)
  const title = `What coverage explains on ${task}, by learning rate`
  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
    figures: {
      shuffled: frontier({
        evaluations: evaluationsAtHeadline,
        classifications: evaluationsAtHeadline,
        metrics: sweep(headline, arms),
        title: `Offline on the online stream, shuffled, on ${task}`,
        caption,
      }),
      ...(rates.length < 2 ? {} : { byRate: alongAxis({ evaluations, axis: "learningRate", baseline: "offline", title, caption }) }),
    },
  }
}

export default pipeline("f04-coverage", () => coverage(setUp(small("sentiment"))))
