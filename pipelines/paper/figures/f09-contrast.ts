/**
 * Figure 9, hypothesis 4: is it the contrastive loss? Best-of-2, which raises the winner of each
 * pair and knows neither loser nor reference: online, offline, and offline on the shuffled stream.
 */

import { pipeline, sweep } from "assay"
import { alongAxis, bo2, frontier, optimize, optimizeOnline, shuffle, verdicts } from "assay/stages"
import { above, equal } from "../shared/claims.ts"
import { captionOf, evaluateArms, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, ablation, small } from "../shared/study.ts"

export const contrast = (paper: SetUp) => {
  // Nothing here is shared with other figures, so steps can be as few as time asks for.
  const common: SetUp = { ...paper, study: ablation(paper.study) }
  const { study, prompting, pairs, proxy } = common
  const { task, beta, ablatedRates: rates, headlineRate, seeds } = study

  const arms = (at: At) => {
    const training = trainingAt(common, { ...at, loss: bo2() })
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
  const claims = [...above({ arm: "online", at }, { arm: "offline", at }), ...equal({ arm: "shuffled", at }, { arm: "online", at })]

  const caption = captionOf(common)
  const title = `Best-of-2 on ${task}`
  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
    figures: {
      contrast: frontier({
        evaluations: evaluationsAtHeadline,
        classifications: evaluationsAtHeadline,
        metrics: sweep(headline, arms),
        title,
        caption,
      }),
      ...(rates.length < 2
        ? {}
        : { byRate: alongAxis({ evaluations, axis: "learningRate", baseline: "offline", title: `${title}, by learning rate`, caption }) }),
    },
  }
}

export default pipeline("f09-contrast", () => contrast(setUp(small("sentiment"))))
