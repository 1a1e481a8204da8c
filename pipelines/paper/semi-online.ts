/** Beyond the paper: semi-online training, which draws from the policy as it was up to `s` steps ago, from online (1) to one draw of all pairs from SFT. */

import { pipeline, sweep } from "assay"
import { online, played } from "./arms.ts"
import { along, compared, frontierOf } from "./compare.ts"
import { type SetUp, setUp } from "./set-up.ts"
import { type At, small } from "./study.ts"

export const semiOnline = (common: SetUp) => {
  const { task, periods, beta, headlineRate: learningRate, seeds } = common.study
  const of = {
    common,
    arms: (at: At) => Object.fromEntries(periods.map((period) => [`every ${period}`, online(common, at, period)])),
  }
  const byPeriod = sweep({ period: periods, seed: seeds.elsewhere }, ({ period, seed }) => ({
    online: played(common, online(common, { beta, learningRate, seed }, period)),
  }))
  return {
    evaluations: compared(of).evaluations,
    figures: {
      periods: frontierOf(of, `Online, synchronised every s steps, on ${task}`),
      peaks: along(common, { evaluations: byPeriod, axis: "period", title: `Peaks of semi-online training on ${task}` }),
    },
  }
}

export default pipeline("semi-online", () => semiOnline(setUp(small("sentiment"))))
