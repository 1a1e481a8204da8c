/** The paper's figures on the first task, all of them. */

import { pipeline } from "assay"
import { setUp } from "../shared/set-up.ts"
import { small } from "../shared/study.ts"
import { figures, reportTasks } from "./results.ts"

export default pipeline("paper-sentiment", () => {
  const study = small("sentiment")
  return {
    report: reportTasks("The gap between online and offline alignment, on sentiment", [study], { sentiment: figures(setUp(study)) }),
  }
})
