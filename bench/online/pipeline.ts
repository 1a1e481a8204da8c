/** The policy that both sides start from: what the quickstart calls its reference. */

import { pipeline } from "assay"
import { corpus, sft } from "assay/stages"

export default pipeline("online", () => {
  const task = corpus({ task: "sentiment" })
  return { policy: sft({ corpus: task.text, kind: "sentence", size: "small", steps: 1200, seed: 1 }) }
})
