/**
 * Is what the comparisons rest on sound? What SFT has learned, how well the proxy judges pairs that
 * it has not seen, and whether the golden policy is above SFT.
 */

import { pipeline } from "assay"
import { fitToText, frontier, verdicts } from "assay/stages"
import { againstSft } from "../shared/claims.ts"
import { captionOf, evaluateArms, type SetUp, setUp } from "../shared/set-up.ts"
import { small } from "../shared/study.ts"

export const sanity = (common: SetUp) => {
  const { study, task, reference, goldenRun, proxyAccuracy } = common

  const evaluations = evaluateArms(common, { "golden policy": goldenRun })

  const claims = [againstSft({ arm: "golden policy" }, "clearly")]

  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
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
