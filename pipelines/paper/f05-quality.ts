/** Figure 5, hypothesis 2: is it the quality of the data? Offline on pairs that are both from the final online policy, labelled by gold. */

import { pipeline } from "assay"
import { offline, online } from "./arms.ts"
import { peakAgainstSft } from "./claims.ts"
import { compared, frontierOf, judged } from "./compare.ts"
import { pairsOf } from "./pairs.ts"
import { type SetUp, setUp } from "./set-up.ts"
import { type At, small } from "./study.ts"

export const quality = (common: SetUp) => {
  const of = {
    common,
    arms: (at: At) => ({
      offline: offline(common, at),
      "offline on final": offline(common, at, pairsOf(common, at, "final")),
      online: online(common, at),
    }),
  }
  const { evaluations } = compared(of)
  return {
    evaluations,
    verdicts: judged(evaluations, [peakAgainstSft({ arm: "offline on final" }, "hardly")]),
    figures: { quality: frontierOf(of, `Offline on pairs of the final online policy, on ${common.study.task}`) },
  }
}

export default pipeline("f05-quality", () => quality(setUp(small("sentiment"))))
