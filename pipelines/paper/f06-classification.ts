/**
 * Figures 6 to 8, hypothesis 3: do better classifiers generate better? Policies as classifiers of held-out golden pairs and of pairs of the online stream while
 * they are trained, what becomes of the log-likelihoods of chosen and rejected responses, and accuracy against win rate.
 */

import { pipeline } from "assay"
import { accuracyAgainstWinRate, agreement, overTraining } from "assay/stages"
import { grid, offline, online, played, shuffled } from "./arms.ts"
import { chosenFalls, chosenFallsMore, classifies, doesNotPredict } from "./claims.ts"
import { judged } from "./compare.ts"
import { captionOf, type SetUp, setUp } from "./set-up.ts"
import { small } from "./study.ts"

/** The arms of figures 6 to 8, evaluated as classifiers of the online stream too. */
export const classifiers = (common: SetUp) => {
  const { beta, headlineRate, seeds } = common.study
  return grid({ betas: [beta], rates: [headlineRate], seeds: () => seeds.elsewhere }, (at) => {
    const { stream } = online(common, at)
    return {
      offline: played(common, offline(common, at), stream),
      shuffled: played(common, shuffled(common, at), stream),
      online: played(common, online(common, at), stream),
    }
  })
}

export const classification = (common: SetUp) => {
  const { study, task, proxyAccuracy } = common
  const evaluations = classifiers(common)
  const caption = `"golden": held-out pairs of SFT; "stream": pairs that the online arm saw, ordered by gold. ${captionOf(common)}`
  const [seed] = study.seeds.elsewhere
  const { stream } = online(common, { beta: study.beta, learningRate: study.headlineRate, seed: seed as number })
  return {
    evaluations,
    verdicts: judged(evaluations, [
      classifies({ arm: "offline" }, "golden", "better than chance"),
      classifies({ arm: "online" }, "golden", "no better than chance"),
      classifies({ arm: "offline" }, "stream", "better than chance"),
      classifies({ arm: "online" }, "stream", "no better than chance"),
      ...["offline", "shuffled", "online"].map((arm) => chosenFalls({ arm })),
      chosenFallsMore({ arm: "offline" }, { arm: "online" }),
      ...doesNotPredict("golden"),
      ...doesNotPredict("stream"),
    ]),
    figures: {
      training: overTraining({
        classifications: evaluations,
        sources: ["golden", "stream"],
        title: `Policies as classifiers while they are trained, on ${study.task}`,
        caption,
      }),
      scatter: accuracyAgainstWinRate({
        evaluations,
        classifications: evaluations,
        title: `Accuracy and win rate of every checkpoint, on ${study.task}`,
        caption,
      }),
    },
    measures: {
      "proxy on held-out golden pairs": proxyAccuracy,
      "proxy's labels of the stream": agreement({ judge: task.gold, preferences: stream }),
    },
  }
}

export default pipeline("f06-classification", () => classification(setUp(small("sentiment"))))
