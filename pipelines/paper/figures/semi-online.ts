/**
 * Beyond the paper: semi-online training, which draws from the policy as it was up to `s` steps
 * ago, from online (1) to one draw of all pairs from SFT.
 */

import { pipeline, sweep } from "assay"
import { alongAxis, frontier, optimizeOnline } from "assay/stages"
import { captionOf, evaluateArms, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, small } from "../shared/study.ts"

export const semiOnline = (common: SetUp) => {
  const { study, prompting, proxy } = common
  const { task, periods, beta, headlineRate: learningRate, seeds } = study

  const train = (at: At, synchronise: number) => optimizeOnline({ ...trainingAt(common, at), ...prompting, judge: proxy, synchronise })
  const arms = (at: At) => Object.fromEntries(periods.map((period) => [`every ${period}`, train(at, period)]))
  const grid = { beta: [beta], learningRate: [learningRate], seed: seeds.elsewhere }
  const evaluations = sweep(grid, (at) => evaluateArms(common, arms(at)))
  const byPeriod = sweep({ period: periods, seed: seeds.elsewhere }, ({ period, seed }) =>
    evaluateArms(common, { online: train({ beta, learningRate, seed }, period) }),
  )

  const caption = captionOf(common)
  return {
    evaluations,
    figures: {
      periods: frontier({
        evaluations,
        classifications: evaluations,
        metrics: sweep(grid, arms),
        title: `Online, synchronised every s steps, on ${task}`,
        caption,
      }),
      byPeriod: alongAxis({ evaluations: byPeriod, axis: "period", title: `Online, synchronised every s steps, on ${task}`, caption }),
    },
  }
}

export default pipeline("semi-online", () => semiOnline(setUp(small("sentiment"))))
