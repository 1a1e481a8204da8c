/**
 * Figure 9, hypothesis 4: is it the contrastive loss? Best-of-2, which raises the winner of each pair and knows neither loser nor reference: online, offline, and
 * offline on the shuffled stream.
 */

import { pipeline } from "assay"
import { bo2 } from "assay/stages"
import { offline, online, shuffled } from "./arms.ts"
import { aboveAtEqualKl, equalPeaks } from "./claims.ts"
import { byRate, compared, frontierOf, judged } from "./compare.ts"
import { type SetUp, setUp } from "./set-up.ts"
import { type At, ablation, small } from "./study.ts"

export const contrast = (paper: SetUp) => {
  // Nothing here is shared with other figures, so steps can be as few as time asks for.
  const common: SetUp = { ...paper, study: ablation(paper.study) }
  const { task, ablatedRates: rates, headlineRate } = common.study
  const of = {
    common,
    arms: (point: At) => {
      const at = { ...point, loss: bo2() }
      return { offline: offline(common, at), shuffled: shuffled(common, at), online: online(common, at) }
    },
  }
  const { evaluations } = compared({ ...of, rates })
  const arm = (name: string) => ({ arm: name, at: { learningRate: headlineRate } })
  return {
    evaluations,
    verdicts: judged(evaluations, [...aboveAtEqualKl(arm("online"), arm("offline")), ...equalPeaks(arm("shuffled"), arm("online"))]),
    figures: {
      contrast: frontierOf(of, `Best-of-2 on ${task}`),
      ...byRate(common, evaluations, rates, `Best-of-2 on ${task}`),
    },
  }
}

export default pipeline("f09-contrast", () => contrast(setUp(small("sentiment"))))
