/**
 * Figure 1 of the paper: is online training better than offline at equal KL? Every checkpoint of both, against both opponents.
 * `headline` has all β at the rate that is best for offline; `at …` has every learning rate at the paper's β, and `byRate` how the gap depends on it.
 */

import { pipeline } from "assay"
import { offline, online } from "./arms.ts"
import { aboveAtEqualKl, falls, higherPeak } from "./claims.ts"
import { byRate, compared, frontierOf, judged } from "./compare.ts"
import { type SetUp, setUp } from "./set-up.ts"
import { type At, small } from "./study.ts"

export const onlineAndOffline = (common: SetUp) => {
  const { task, betas, beta, rates, headlineRate, seeds: few } = common.study
  /** More where the claims are. */
  const seeds = (at: Omit<At, "seed">) => (at.beta === beta && at.learningRate === headlineRate ? few.headline : few.elsewhere)
  const arms = (at: At) => ({ offline: offline(common, at), online: online(common, at) })
  const title = `Online and offline IPO on ${task}`
  const { evaluations } = compared({ common, arms, rates, seeds })
  const at = { learningRate: headlineRate }
  const arm = { online: { arm: "online", at }, offline: { arm: "offline", at } }
  return {
    evaluations,
    verdicts: judged(evaluations, [
      ...aboveAtEqualKl(arm.online, arm.offline),
      ...higherPeak(arm.online, arm.offline),
      ...falls(arm.online),
      ...falls(arm.offline),
    ]),
    figures: {
      headline: frontierOf({ common, arms, betas, seeds }, `${title}, learning rate ${headlineRate}`, limitsInWords(betas)),
      ...Object.fromEntries(
        rates.map((rate) => [
          `at ${rate}`,
          frontierOf({ common, arms, rates: [rate], seeds }, `${title}, learning rate ${rate}, β\u00a0=\u00a0${beta}`),
        ]),
      ),
      ...byRate(common, evaluations, rates, title),
    },
  }
}

/**
 * Where IPO ends if the policy is rich, data are infinite and no two responses tie (`test/laws/exact-anchors.test.ts`): online at the regularised Nash policy, whose KL is
 * 1/(2β) + ln β + ln(1 − e^(−1/β)); offline at a density ∝ e^(u/β) over quantiles u of the reference, of KL E[u]/β − ln ∫ e^(u/β) du.
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
