/** Figure 12: what helps offline training? Pairs of SFT, of SFT and an early online policy, of that and the final one, and of the final one alone. */

import { pipeline } from "assay"
import { offline } from "./arms.ts"
import { equalPeaks, higherPeak } from "./claims.ts"
import { compared, frontierOf, judged } from "./compare.ts"
import { pairsOf } from "./pairs.ts"
import { type SetUp, setUp } from "./set-up.ts"
import { type At, small } from "./study.ts"

export const data = (common: SetUp) => {
  const on = (at: At, ...sides: Parameters<typeof pairsOf> extends [unknown, unknown, ...infer S] ? S : never) =>
    offline(common, at, pairsOf(common, at, ...sides))
  const of = {
    common,
    arms: (at: At) => ({
      "sft-sft": on(at, "sft"),
      "sft-early": on(at, "sft", "early"),
      "early-final": on(at, "early", "final"),
      "final-final": on(at, "final"),
    }),
  }
  const { evaluations } = compared(of)
  return {
    evaluations,
    verdicts: judged(evaluations, [
      ...higherPeak({ arm: "sft-early" }, { arm: "early-final" }),
      ...higherPeak({ arm: "sft-early" }, { arm: "final-final" }),
      ...equalPeaks({ arm: "early-final" }, { arm: "final-final" }),
    ]),
    figures: { data: frontierOf(of, `Offline on pairs of two policies, on ${common.study.task}`) },
  }
}

export default pipeline("f12-data", () => data(setUp(small("sentiment"))))
