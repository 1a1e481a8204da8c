/** The paper's figures on the first task, all of them. */

import { pipeline } from "assay"
import { figures, reported } from "./results.ts"
import { setUp } from "./set-up.ts"
import { small } from "./study.ts"

export default pipeline("paper-sentiment", () => {
  const study = small("sentiment")
  return { report: reported("The gap between online and offline alignment, on sentiment", [study], { sentiment: figures(setUp(study)) }) }
})
