/**
 * Figure 12: what helps offline training? Pairs of SFT, of SFT and an early online policy, of that
 * and the final one, and of the final one alone.
 */

import { pipeline, sweep } from "assay"
import { frontier, label, optimize, optimizeOnline, policyAt, sample, verdicts } from "assay/stages"
import { above, equal } from "../shared/claims.ts"
import { captionOf, evaluateArms, type SetUp, sampleSeeds, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, small } from "../shared/study.ts"

export const data = (common: SetUp) => {
  const { study, task, prompting, samples: sft, pairs, proxy } = common
  const { beta, headlineRate, seeds } = study
  const { prompts: limit, perPrompt, pairing } = study.data

  const arms = (at: At) => {
    const training = trainingAt(common, at)
    const run = optimizeOnline({ ...training, ...prompting, judge: proxy }).checkpoints
    const sampleAt = (step: number | "last", seed: number) =>
      sample({ policy: policyAt({ run, step }), ...prompting, limit, perPrompt, seed })
    const early = sampleAt(study.early, sampleSeeds.early)
    const final = sampleAt("last", sampleSeeds.final)
    const judge = task.gold
    return {
      "sft-sft": optimize({ ...training, preferences: pairs }),
      "sft-early": optimize({ ...training, preferences: label({ responses: sft, opponents: early, judge, pairing: "disjoint" }) }),
      "early-final": optimize({ ...training, preferences: label({ responses: early, opponents: final, judge, pairing: "disjoint" }) }),
      // Pairs of one policy's responses, chosen as those of D_golden are.
      "final-final": optimize({ ...training, preferences: label({ responses: final, judge, pairing }) }),
    }
  }
  const grid = { beta: [beta], learningRate: [headlineRate], seed: seeds.elsewhere }
  const evaluations = sweep(grid, (at) => evaluateArms(common, arms(at)))

  const claims = [
    ...above({ arm: "sft-early" }, { arm: "early-final" }),
    ...above({ arm: "sft-early" }, { arm: "final-final" }),
    ...equal({ arm: "early-final" }, { arm: "final-final" }),
  ]

  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
    figures: {
      data: frontier({
        evaluations,
        classifications: evaluations,
        metrics: sweep(grid, arms),
        title: `Offline on pairs of two policies, on ${study.task}`,
        caption: captionOf(common),
      }),
    },
  }
}

export default pipeline("f12-data", () => data(setUp(small("sentiment"))))
