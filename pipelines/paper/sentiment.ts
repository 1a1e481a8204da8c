/** Everything on the first task: all figures, all sizes, and what goes beyond the paper. */

import { pipeline } from "assay"
import { beyond, full, reported } from "./results.ts"
import { setUp } from "./set-up.ts"
import { small } from "./study.ts"

export default pipeline("paper-sentiment", () => {
  const study = small("sentiment")
  const common = setUp(study)
  return { report: reported("The performance gap on sentiment", [study], { sentiment: { ...full(common), ...beyond(common) } }) }
})
