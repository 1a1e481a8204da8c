/** Figure 4, hypothesis 1: is it what the data cover? Offline on the very pairs that online training saw, in random order. */

import { pipeline } from "assay"
import { offline, online, shuffled } from "./arms.ts"
import { aboveAtEqualKl, equalPeaks } from "./claims.ts"
import { byRate, compared, frontierOf, judged } from "./compare.ts"
import { type SetUp, setUp } from "./set-up.ts"
import { type At, small } from "./study.ts"

export const coverage = (common: SetUp) => {
  const { task, ablatedRates: rates, headlineRate } = common.study
  const of = {
    common,
    arms: (at: At) => ({ offline: offline(common, at), shuffled: shuffled(common, at), online: online(common, at) }),
  }
  const { evaluations } = compared({ ...of, rates })
  const arm = (name: string) => ({ arm: name, at: { learningRate: headlineRate } })
  return {
    evaluations,
    verdicts: judged(evaluations, [...aboveAtEqualKl(arm("online"), arm("shuffled")), ...equalPeaks(arm("shuffled"), arm("offline"))]),
    figures: {
      shuffled: frontierOf(of, `Offline on the online stream, shuffled, on ${task}`),
      ...byRate(common, evaluations, rates, `What coverage explains on ${task}`),
    },
  }
}

export default pipeline("f04-coverage", () => coverage(setUp(small("sentiment"))))
