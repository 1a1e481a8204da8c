/**
 * Beyond the paper: its gold is a model, and no scorer behind it can be seen. Here such a model, of
 * the next larger size, has learned from what simulated annotators said of pairs of its own, and is
 * frozen; D_golden and the proxy are made by it. Every arm is judged twice, by the model and by
 * VADER, whose raters the annotators are: where the two part, the model is over-optimised.
 */

import { pipeline, sweep } from "assay"
import { agreement, annotators, frontier, goldenPreferenceModel, label, optimize, optimizeOnline, sample, verdicts } from "assay/stages"
import { above, overOptimised } from "../shared/claims.ts"
import { captionOf, evaluateArms, proxyOf, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, ablation, batchSize, small } from "../shared/study.ts"

const seedOf = { samples: 41, annotators: 42, model: 43 }

export const goldenModel = (paper: SetUp) => {
  const study = ablation(paper.study)
  const { beta, headlineRate: learningRate, seeds } = study
  const { task, reference, prompting } = paper
  if (!("ratings" in task))
    throw new Error(`the golden model expects a task whose words people have rated, got ${study.task}. Use sentiment.`)

  const { prompts: limit, perPrompt } = study.data
  const { tokenization, ratings } = task
  const samples = sample({ policy: reference, ...prompting, limit, perPrompt, seed: seedOf.samples })
  const comparisons = label({ responses: samples, judge: annotators({ ratings, seed: seedOf.annotators }), pairing: "all" })
  const { vocabulary } = tokenization
  const model = goldenPreferenceModel({ preferences: comparisons, ...study.goldenModel, vocabulary, batchSize, seed: seedOf.model })
  const pairs = label({ responses: paper.samples, judge: model, pairing: "disjoint" })
  const proxy = proxyOf(study, reference, pairs)

  const byVader: SetUp = { ...paper, study, pairs, proxy }
  const byModel: SetUp = { ...byVader, task: { ...task, gold: model } }
  const arms = (at: At) => {
    const training = trainingAt(byVader, at)
    return {
      offline: optimize({ ...training, preferences: pairs }),
      online: optimizeOnline({ ...training, ...prompting, judge: proxy }),
    }
  }
  const evaluations = sweep({ judge: ["model", "VADER"], seed: seeds.elsewhere }, ({ judge, seed }) =>
    evaluateArms(judge === "model" ? byModel : byVader, arms({ beta, learningRate, seed })),
  )

  const judgedBy = (judge: string, arm: string) => ({ arm, at: { judge } })
  const claims = ["offline", "online"].flatMap((arm) => [
    ...above(judgedBy("model", arm), judgedBy("VADER", arm)),
    ...overOptimised(judgedBy("VADER", arm)),
  ])

  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
    measures: {
      "the model on held-out pairs of VADER": agreement({ judge: model, preferences: paper.heldOut, baseline: comparisons }).metrics,
    },
    figures: {
      judges: frontier({
        evaluations,
        title: `Arms that a learned gold taught, judged by it and by VADER, on ${study.task}`,
        caption: `D_golden and the proxy's labels are a frozen model's, which learned from simulated annotators. ${captionOf(byVader)}`,
      }),
    },
  }
}

export default pipeline("golden-model", () => goldenModel(setUp(small("sentiment"))))
