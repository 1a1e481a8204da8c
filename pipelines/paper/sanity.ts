/** Is what the comparisons rest on sound? What SFT has learned, how well the proxy judges pairs that it has not seen, and whether the golden policy is above SFT. */

import { pipeline } from "assay"
import { fitToText, frontier } from "assay/stages"
import { played } from "./arms.ts"
import { peakAgainstSft } from "./claims.ts"
import { judged } from "./compare.ts"
import { captionOf, type SetUp, setUp } from "./set-up.ts"
import { small } from "./study.ts"

export const sanity = (common: SetUp) => {
  const { study, task, reference, goldenRun, proxyAccuracy } = common
  const evaluations = { "golden policy": played(common, goldenRun) }
  return {
    evaluations,
    verdicts: judged(evaluations, [peakAgainstSft({ arm: "golden policy" }, "clearly")]),
    figures: {
      golden: frontier({
        evaluations,
        title: `The golden policy while it is trained, on ${study.task}`,
        caption: captionOf(common),
      }),
    },
    measures: {
      SFT: fitToText({ policy: reference, corpus: task.text, kind: task.tokenization.kind }),
      "proxy on held-out golden pairs": proxyAccuracy,
    },
  }
}

export default pipeline("sanity", () => sanity(setUp(small("sentiment"))))
