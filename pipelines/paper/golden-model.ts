/**
 * Beyond the paper: its gold is a model, and nobody can see past it. Here such a model, of the next larger size, has learned from what simulated annotators said of
 * pairs of its own, and is frozen; D_golden and the proxy are made by it. Every arm is judged twice, by the model and by VADER, whose raters the annotators are:
 * where the two part, the model is over-optimised.
 */

import { pipeline, sweep } from "assay"
import { agreement, annotators, frontier, goldenPreferenceModel, label, sample } from "assay/stages"
import { offline, online, played } from "./arms.ts"
import { falls, higherPeak } from "./claims.ts"
import { judged } from "./compare.ts"
import { captionOf, proxyOf, type SetUp, setUp } from "./set-up.ts"
import { ablation, batchSize, small } from "./study.ts"

const seeds = { samples: 41, annotators: 42, model: 43 }

export const goldenModel = (paper: SetUp) => {
  const study = ablation(paper.study)
  const { task, reference } = paper
  if (!("ratings" in task)) throw new Error(`nobody has rated the words of ${study.task}`)
  const { prompts: limit, perPrompt } = study.data
  const { tokenization, maxNewTokens, prompts, ratings } = task
  const samples = sample({ policy: reference, prompts, limit, perPrompt, maxNewTokens, seed: seeds.samples })
  const comparisons = label({ responses: samples, judge: annotators({ ratings, seed: seeds.annotators }), pairing: "all" })
  const { vocabulary } = tokenization
  const model = goldenPreferenceModel({ preferences: comparisons, ...study.goldenModel, vocabulary, batchSize, seed: seeds.model })
  const pairs = label({ responses: paper.samples, judge: model, pairing: "disjoint" })
  const common: SetUp = { ...paper, study, pairs, proxy: proxyOf(study, reference, pairs) }
  const judges = { model: { ...common, task: { ...task, gold: model } }, VADER: common }
  const evaluations = sweep({ judge: ["model", "VADER"], seed: study.seeds.elsewhere }, ({ judge, seed }) => {
    const at = { beta: study.beta, learningRate: study.headlineRate, seed }
    return { offline: played(judges[judge], offline(common, at)), online: played(judges[judge], online(common, at)) }
  })
  const by = (arm: string, judge: string) => ({ arm, at: { judge } })
  return {
    evaluations,
    verdicts: judged(
      evaluations,
      ["offline", "online"].flatMap((arm) => [...higherPeak(by(arm, "model"), by(arm, "VADER")), ...falls(by(arm, "VADER"))]),
    ),
    measures: { "the model on held-out pairs of VADER": agreement({ judge: model, preferences: paper.heldOut, baseline: comparisons }) },
    figures: {
      judges: frontier({
        evaluations,
        title: `Arms that a learned gold taught, judged by it and by VADER, on ${study.task}`,
        caption: `D_golden and the proxy's labels are a frozen model's, which learned from simulated annotators. ${captionOf(common)}`,
      }),
    },
  }
}

export default pipeline("golden-model", () => goldenModel(setUp(small("sentiment"))))
