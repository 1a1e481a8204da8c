/**
 * Every figure on one task with one seed and few steps, in minutes: that it runs, and not what
 * comes out, is the point.
 */

import { pipeline } from "assay"
import { setUp } from "../shared/set-up.ts"
import { quick } from "../shared/study.ts"
import { beyond, figures, reportTasks } from "./results.ts"

export default pipeline("paper-quick", () => {
  const common = setUp(quick)
  const title = "A quick look at every figure: one seed and few steps, which are no results"
  return { report: reportTasks(title, [quick], { sentiment: { ...figures(common), ...beyond(common) } }) }
})
