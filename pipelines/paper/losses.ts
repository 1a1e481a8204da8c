/** Beyond the paper: is it IPO? Every loss, online and offline. Those of a margin have the study's β; SimPO's is per token and has its authors' values. */

import { pipeline, sweep } from "assay"
import { cdpo, dpo, exponential, ipo, kto, savage, simpo, slic, truncatedQuadratic } from "assay/stages"
import { offline, online, played } from "./arms.ts"
import { along } from "./compare.ts"
import { type SetUp, setUp } from "./set-up.ts"
import { type At, ablation, small } from "./study.ts"

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
  const common = { ...paper, study: ablation(paper.study) }
  const { beta, headlineRate: learningRate, seeds, task } = common.study
  const names = Object.keys(losses) as ReadonlyArray<keyof typeof losses>
  const evaluations = sweep({ loss: names, seed: seeds.elsewhere }, ({ loss, seed }) => {
    const at: At = { beta, learningRate, seed, loss: losses[loss]({ beta }) }
    return { offline: played(common, offline(common, at)), online: played(common, online(common, at)) }
  })
  const title = `Every loss, online and offline, on ${task}`
  return { evaluations, figures: { losses: along(common, { evaluations, axis: "loss", baseline: "offline", title }) } }
}

export default pipeline("losses", () => lossFamily(setUp(small("sentiment"))))
