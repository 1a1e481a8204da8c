/**
 * Figure 3: is the order of the data all that online training has? The online stream, replayed in its order by the offline optimiser. Here the two are equal bit
 * for bit, and the evaluation of the one is that of the other.
 */

import { pipeline } from "assay"
import { online, replayed } from "./arms.ts"
import { equalPeaks } from "./claims.ts"
import { compared, frontierOf, judged } from "./compare.ts"
import { type SetUp, setUp } from "./set-up.ts"
import { type At, small } from "./study.ts"

export const replay = (common: SetUp) => {
  const of = { common, arms: (at: At) => ({ online: online(common, at), replayed: replayed(common, at) }) }
  const { evaluations } = compared(of)
  return {
    evaluations,
    verdicts: judged(
      evaluations,
      // Equal bit for bit, so that any difference at all is one.
      equalPeaks({ arm: "replayed" }, { arm: "online" }, 1e-9),
    ),
    figures: { replay: frontierOf(of, `Online, and its stream replayed in order, on ${common.study.task}`) },
  }
}

export default pipeline("f03-replay", () => replay(setUp(small("sentiment"))))
