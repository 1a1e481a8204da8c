/**
 * Figures 6 to 8, hypothesis 3: do better classifiers generate better? Policies as classifiers of
 * held-out golden pairs and of pairs of the online stream while they are trained, what becomes of
 * the log-likelihoods of chosen and rejected responses, and accuracy against win rate.
 */

import { pipeline, sweep } from "assay"
import { accuracyAgainstWinRate, agreement, optimize, optimizeOnline, overTraining, shuffle, verdicts } from "assay/stages"
import { chosenFalls, chosenFallsMore, classifies, classifiesBetter, doesNotPredict } from "../shared/claims.ts"
import { captionOf, evaluateArms, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, small } from "../shared/study.ts"

export const classification = (common: SetUp) => {
  const { study, task, prompting, pairs, proxy, proxyAccuracy } = common
  const { beta, headlineRate, seeds } = study

  const arms = (at: At) => {
    const training = trainingAt(common, at)
    const online = optimizeOnline({ ...training, ...prompting, judge: proxy })
    const randomOrder = shuffle({ preferences: online.stream, window: "all", seed: at.seed })
    return {
      offline: optimize({ ...training, preferences: pairs }),
      shuffled: optimize({ ...training, preferences: randomOrder, order: "stream" }),
      online,
    }
  }
  const grid = { beta: [beta], learningRate: [headlineRate], seed: seeds.elsewhere }
  const evaluations = sweep(grid, (at) => {
    const trained = arms(at)
    return evaluateArms(common, trained, trained.online.stream)
  })

  const claims = [
    classifies({ arm: "offline" }, "golden", "better than chance"),
    classifies({ arm: "online" }, "golden", "no better than chance"),
    classifies({ arm: "offline" }, "stream", "better than chance"),
    classifies({ arm: "online" }, "stream", "no better than chance"),
    ...["offline", "shuffled", "online"].map((arm) => chosenFalls({ arm })),
    chosenFallsMore({ arm: "offline" }, { arm: "online" }),
    classifiesBetter({ arm: "offline" }, { arm: "online" }, "golden", 0.65),
    ...doesNotPredict("golden"),
    ...doesNotPredict("stream"),
  ]

  const caption = `"golden": held-out pairs of SFT; "stream": pairs that the online arm saw, ordered by gold. ${captionOf(common)}`
  const [seed] = seeds.elsewhere
  const { stream } = arms({ beta, learningRate: headlineRate, seed: seed as number }).online
  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
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
      "proxy's labels of the stream": agreement({ judge: task.gold, preferences: stream }).metrics,
    },
  }
}

export default pipeline("f06-classification", () => classification(setUp(small("sentiment"))))
