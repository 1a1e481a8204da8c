/**
 * Beyond the paper: what do wrong labels do? A share of D_golden has its responses exchanged; offline arms learn from it, online arms from a proxy that learned
 * from it. And what do ties do, when a coin decides them as an annotator must?
 */

import { pipeline, sweep } from "assay"
import { label, mislabel } from "assay/stages"
import { offline, online, played } from "./arms.ts"
import { along } from "./compare.ts"
import { proxyOf, type SetUp, setUp } from "./set-up.ts"
import { ablation, small } from "./study.ts"

export const noise = (paper: SetUp) => {
  const study = ablation(paper.study)
  const { beta, headlineRate: learningRate, seeds, data, task } = study
  const plain: SetUp = { ...paper, study }
  const withPairs = (pairs: SetUp["pairs"]): SetUp => ({ ...plain, pairs, proxy: proxyOf(study, paper.reference, pairs) })
  const armsOf = (common: SetUp, seed: number) => {
    const at = { beta, learningRate, seed }
    return { offline: played(common, offline(common, at)), online: played(common, online(common, at)) }
  }
  const byShare = sweep({ share: [0, 0.2, 0.4], seed: seeds.elsewhere }, ({ share, seed }) =>
    armsOf(share === 0 ? plain : withPairs(mislabel({ preferences: paper.pairs, fraction: share, seed: 31 })), seed),
  )
  const byTies = sweep({ ties: ["mark", "random"], seed: seeds.elsewhere }, ({ ties, seed }) => {
    if (ties === "mark") return armsOf(plain, seed)
    return armsOf(withPairs(label({ responses: paper.samples, judge: paper.task.gold, pairing: data.pairing, ties })), seed)
  })
  return {
    evaluations: byShare,
    figures: {
      labels: along(plain, { evaluations: byShare, axis: "share", baseline: "offline", title: `A share of wrong labels, on ${task}` }),
      ties: along(plain, {
        evaluations: byTies,
        axis: "ties",
        baseline: "offline",
        title: `Ties left out, or decided by a coin, on ${task}`,
      }),
    },
  }
}

export default pipeline("noise", () => noise(setUp(small("sentiment"))))
