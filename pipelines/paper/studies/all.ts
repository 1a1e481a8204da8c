/**
 * The whole study: everything on `sentiment`, what needs one size of policy on `tldr`, and figures
 * 1, 4 and 9 on `define` and `ham`.
 */

import { pipeline } from "assay"
import { setUp } from "../shared/set-up.ts"
import { small } from "../shared/study.ts"
import { beyond, core, figures, full, reportTasks } from "./results.ts"

export default pipeline("paper", () => {
  const [sentiment, tldr, define, ham] = [small("sentiment"), small("tldr"), small("define"), small("ham")]
  const common = setUp(sentiment)
  return {
    report: reportTasks(
      "The performance gap between online and offline alignment, at a size that two cores carry",
      [sentiment, tldr, define, ham],
      {
        sentiment: { ...figures(common), ...beyond(common) },
        tldr: full(setUp(tldr)),
        define: core(setUp(define)),
        ham: core(setUp(ham)),
      },
    ),
  }
})
