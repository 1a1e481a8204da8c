/**
 * Figure 1 of the paper: is online training better than offline at equal KL? Every checkpoint of
 * both, against both opponents. `headline` has all β at the rate that is best for offline; `at …`
 * has every learning rate at the paper's β, and `byRate` how the gap depends on it.
 */

import { pipeline, sweep } from "assay"
import { alongAxis, frontier, optimize, optimizeOnline, verdicts } from "assay/stages"
import { above, higherPeak, leadGrows, leadIsLarger, overOptimised } from "../shared/claims.ts"
import { captionOf, evaluateArms, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, small } from "../shared/study.ts"

type Axes = {
  readonly beta: ReadonlyArray<number>
  readonly learningRate: ReadonlyArray<number>
}

export const onlineAndOffline = (common: SetUp) => {
  const { study, prompting, pairs, proxy } = common
  const { task, beta, betas, rates, headlineRate, seeds } = study

  const arms = (at: At) => {
    const training = trainingAt(common, at)
    return {
      offline: optimize({ ...training, preferences: pairs }),
      online: optimizeOnline({ ...training, ...prompting, judge: proxy }),
    }
  }

  /** More seeds where the claims are. */
  const seedsAt = (at: Omit<At, "seed">) => (at.beta === beta && at.learningRate === headlineRate ? seeds.headline : seeds.elsewhere)
  const overGrid = <V>(axes: Axes, body: (at: At) => V) =>
    sweep(axes, ({ beta, learningRate }) =>
      sweep({ seed: seedsAt({ beta, learningRate }) }, ({ seed }) => body({ beta, learningRate, seed })),
    )
  const drawFrontier = (axes: Axes, title: string, caption: string) => {
    const evaluations = overGrid(axes, (at) => evaluateArms(common, arms(at)))
    return frontier({ evaluations, classifications: evaluations, metrics: overGrid(axes, arms), title, caption })
  }

  const evaluations = overGrid({ beta: [beta], learningRate: rates }, (at) => evaluateArms(common, arms(at)))
  const [online, offline] = [{ arm: "online" }, { arm: "offline" }]
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)]
  const claims = [
    ...rates.flatMap((learningRate) => {
      const at = { learningRate }
      const [first, second] = [
        { ...online, at },
        { ...offline, at },
      ]
      return [
        ...above(first, second),
        ...leadGrows(first, second),
        ...overOptimised(first),
        ...overOptimised(second),
        ...higherPeak(first, second),
      ]
    }),
    ...leadIsLarger(online, offline, { at: { learningRate: highest }, than: { learningRate: lowest } }),
  ]

  const title = `Online and offline IPO on ${task}`
  const caption = captionOf(common)
  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
    figures: {
      headline: drawFrontier(
        { beta: betas, learningRate: [headlineRate] },
        `${title}, learning rate ${headlineRate}`,
        `${limitsInWords(betas)} ${caption}`,
      ),
      ...Object.fromEntries(
        rates.map((rate) => [
          `at ${rate}`,
          drawFrontier({ beta: [beta], learningRate: [rate] }, `${title}, learning rate ${rate}, β\u00a0=\u00a0${beta}`, caption),
        ]),
      ),
      byRate: alongAxis({ evaluations, axis: "learningRate", baseline: "offline", title: `${title}, by learning rate`, caption }),
    },
  }
}

/**
 * Where IPO ends if the policy is rich, data are infinite and no two responses tie
 * (`test/laws/exact-anchors.slow.test.ts`): online at the regularised Nash policy, whose KL is
 * 1/(2β) + ln β + ln(1 − e^(−1/β)); offline at a density ∝ e^(u/β) over quantiles u of the
 * reference, of KL E[u]/β − ln ∫ e^(u/β) du.
 */
const limitsInWords = (betas: ReadonlyArray<number>): string => {
  const limits = betas.map((beta) => {
    const rest = Math.log(beta) + Math.log(1 - Math.exp(-1 / beta))
    const online = 1 / (2 * beta) + rest
    const offline = (1 / (1 - Math.exp(-1 / beta)) - beta) / beta - (1 / beta + rest)
    return `β = ${beta} ${online.toFixed(2)} and ${offline.toFixed(2)}`
  })
  return `With infinite data and no ties, IPO would end at a KL, online and offline, of: ${limits.join("; ")}.`
}

export default pipeline("f01-frontier", () => onlineAndOffline(setUp(small("sentiment"))))
