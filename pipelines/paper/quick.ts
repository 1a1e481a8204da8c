/** Every figure on one task with one seed and few steps, in minutes: that it runs, and not what comes out, is the point. */

import { pipeline } from "assay"
import { report } from "assay/stages"
import { beyond, full, picked } from "./results.ts"
import { setUp } from "./set-up.ts"
import { quick } from "./study.ts"

export default pipeline("paper-quick", () => {
  const common = setUp(quick)
  const parts = { ...full(common), ...beyond(common) }
  return {
    report: report({
      title: "A quick look at every figure",
      introduction: "One seed and few steps: these are no results.",
      figures: picked(parts, "figures"),
      verdicts: picked(parts, "verdicts"),
      measures: picked(parts, "measures"),
    }),
  }
})
