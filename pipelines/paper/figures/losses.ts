/**
 * Beyond the paper: is it IPO? Every loss, online and offline. Those of a margin have the study's
 * β; SimPO's is per token and has its authors' values.
 */

import { pipeline, sweep } from "assay"
import {
  alongAxis,
  cdpo,
  dpo,
  exponential,
  ipo,
  kto,
  optimize,
  optimizeOnline,
  savage,
  simpo,
  slic,
  truncatedQuadratic,
} from "assay/stages"
import { captionOf, evaluateArms, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { ablation, small } from "../shared/study.ts"

const losses = {
  ipo,
  dpo,
  cdpo: ({ beta }: { readonly beta: number }) => cdpo({ beta, smoothing: 0.1 }),
  slic,
  exponential,
  "truncated quadratic": truncatedQuadratic,
  savage,
  kto,
  simpo: () => simpo({ beta: 2, gamma: 1 }),
} as const

export const lossFamily = (paper: SetUp) => {
  const common: SetUp = { ...paper, study: ablation(paper.study) }
  const { study, prompting, pairs, proxy } = common
  const { beta, headlineRate: learningRate, seeds, task } = study

  const names = Object.keys(losses) as ReadonlyArray<keyof typeof losses>
  const evaluations = sweep({ loss: names, seed: seeds.elsewhere }, ({ loss, seed }) => {
    const training = trainingAt(common, { beta, learningRate, seed, loss: losses[loss]({ beta }) })
    return evaluateArms(common, {
      offline: optimize({ ...training, preferences: pairs }),
      online: optimizeOnline({ ...training, ...prompting, judge: proxy }),
    })
  })

  const title = `Every loss, online and offline, on ${task}`
  return {
    evaluations,
    figures: {
      losses: alongAxis({
        evaluations,
        axis: "loss",
        baseline: "offline",
        title,
        caption: `KTO's reference point is the mean log-ratio of the same step's pairs. ${captionOf(common)}`,
      }),
    },
  }
}

export default pipeline("losses", () => lossFamily(setUp(small("sentiment"))))
