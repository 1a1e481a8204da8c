/** Can a policy classify its own samples? Its accuracy on pairs that it drew itself at each checkpoint, in gold's order. */

import { pipeline } from "assay"
import { overTraining } from "assay/stages"
import { classifies } from "./claims.ts"
import { judged } from "./compare.ts"
import { classifiers } from "./f06-classification.ts"
import { captionOf, type SetUp, setUp } from "./set-up.ts"
import { small } from "./study.ts"

export const ownSamples = (common: SetUp) => {
  const evaluations = classifiers(common)
  return {
    evaluations,
    verdicts: judged(
      evaluations,
      ["offline", "shuffled", "online"].map((arm) => classifies({ arm }, "samples", "no better than chance")),
    ),
    figures: {
      samples: overTraining({
        classifications: evaluations,
        sources: ["samples"],
        title: `Policies as classifiers of their own samples, on ${common.study.task}`,
        caption: captionOf(common),
      }),
    },
  }
}

export default pipeline("e01-own-samples", () => ownSamples(setUp(small("sentiment"))))
