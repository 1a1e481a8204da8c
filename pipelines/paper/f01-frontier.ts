/**
 * Figure 1 of the paper: is online training better than offline at equal KL? Every checkpoint of both, against both opponents.
 * `headline` has all β at the rate that is best for offline; `rates` has every learning rate at the paper's β, and `byRate` how the gap depends on it.
 */

import { pipeline } from "assay"
import { alongAxis, frontier } from "assay/stages"
import { grid, offline, online, played } from "./arms.ts"
import { captionOf, type SetUp, setUp } from "./set-up.ts"
import { small } from "./study.ts"

export const frontierOf = (common: SetUp) => {
  const { study } = common
  const caption = captionOf(common)
  const over = (betas: ReadonlyArray<number>, rates: ReadonlyArray<number>) => ({
    training: grid(study, { betas, rates }, (at) => ({ offline: offline(common, at), online: online(common, at) })),
    evaluations: grid(study, { betas, rates }, (at) => ({
      offline: played(common, offline(common, at)),
      online: played(common, online(common, at)),
    })),
  })
  const drawn = ({ training, evaluations }: ReturnType<typeof over>, title: string) =>
    frontier({ evaluations, classifications: evaluations, metrics: training, title, caption })
  const headline = over(study.betas, [study.headlineRate])
  const byRate = over([study.beta], study.rates)
  return {
    /** What claims are about. */
    evaluations: headline.evaluations,
    headline: drawn(headline, `Online and offline IPO on ${study.task}, at the learning rate ${study.headlineRate}`),
    rates: Object.fromEntries(
      study.rates.map((rate) => [
        `at ${rate}`,
        drawn(over([study.beta], [rate]), `Online and offline IPO on ${study.task}, at the learning rate ${rate}`),
      ]),
    ),
    byRate: alongAxis({
      evaluations: byRate.evaluations,
      axis: "learningRate",
      baseline: "offline",
      title: `Online and offline IPO on ${study.task}, by learning rate`,
      caption,
    }),
  }
}

export default pipeline("f01-frontier", () => frontierOf(setUp(small("sentiment"))))
