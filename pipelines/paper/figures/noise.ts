/**
 * Beyond the paper: what do wrong labels do? A fraction of D_golden has its responses exchanged;
 * offline arms learn from it, online arms from a proxy that learned from it. And what do ties do,
 * when a coin decides them as an annotator must?
 */

import { pipeline, sweep } from "assay"
import { alongAxis, label, mislabel, optimize, optimizeOnline } from "assay/stages"
import { captionOf, evaluateArms, proxyOf, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { ablation, small } from "../shared/study.ts"

export const noise = (paper: SetUp) => {
  const study = ablation(paper.study)
  const { beta, headlineRate: learningRate, seeds, data, task } = study
  const plain: SetUp = { ...paper, study }
  const withPairs = (pairs: SetUp["pairs"]): SetUp => ({ ...plain, pairs, proxy: proxyOf(study, paper.reference, pairs) })

  const evaluateBoth = (common: SetUp, seed: number) => {
    const { prompting, pairs, proxy } = common
    const training = trainingAt(common, { beta, learningRate, seed })
    return evaluateArms(common, {
      offline: optimize({ ...training, preferences: pairs }),
      online: optimizeOnline({ ...training, ...prompting, judge: proxy }),
    })
  }
  const byShare = sweep({ share: [0, 0.2, 0.4], seed: seeds.elsewhere }, ({ share, seed }) =>
    evaluateBoth(share === 0 ? plain : withPairs(mislabel({ preferences: paper.pairs, fraction: share, seed: 31 })), seed),
  )
  const byTies = sweep({ ties: ["mark", "random"], seed: seeds.elsewhere }, ({ ties, seed }) => {
    if (ties === "mark") return evaluateBoth(plain, seed)
    return evaluateBoth(withPairs(label({ responses: paper.samples, judge: paper.task.gold, pairing: data.pairing, ties })), seed)
  })

  const caption = captionOf(plain)
  return {
    evaluations: byShare,
    figures: {
      labels: alongAxis({
        evaluations: byShare,
        axis: "share",
        baseline: "offline",
        title: `A share of wrong labels, on ${task}`,
        caption,
      }),
      ties: alongAxis({
        evaluations: byTies,
        axis: "ties",
        baseline: "offline",
        title: `Ties left out, or decided by a coin, on ${task}`,
        caption,
      }),
    },
  }
}

export default pipeline("noise", () => noise(setUp(small("sentiment"))))
