/** What a study reports: figures, verdicts and measures of its parts, put into one document by `report`. */

import { report } from "assay/stages"
import { ownSamples } from "./e01-own-samples.ts"
import { onlineAndOffline } from "./f01-frontier.ts"
import { replay } from "./f03-replay.ts"
import { coverage } from "./f04-coverage.ts"
import { quality } from "./f05-quality.ts"
import { classification } from "./f06-classification.ts"
import { contrast } from "./f09-contrast.ts"
import { scale } from "./f10-scale.ts"
import { data } from "./f12-data.ts"
import { onPolicy } from "./f13-on-policy.ts"
import { goldenModel } from "./golden-model.ts"
import { learningRates } from "./learning-rate.ts"
import { lossFamily } from "./losses.ts"
import { noise } from "./noise.ts"
import { sanity } from "./sanity.ts"
import { semiOnline } from "./semi-online.ts"
import type { SetUp } from "./set-up.ts"
import { ablation, batchSize, type Study } from "./study.ts"

/** Figures 1, 4 and 9. */
export const core = (common: SetUp) => ({
  sanity: sanity(common),
  F1: onlineAndOffline(common),
  F4: coverage(common),
  F9: contrast(common),
})

/** Every figure that needs one size of policy. */
export const full = (common: SetUp) => ({
  sanity: sanity(common),
  F1: onlineAndOffline(common),
  F3: replay(common),
  F4: coverage(common),
  F5: quality(common),
  "F6-8": classification(common),
  E1: ownSamples(common),
  F9: contrast(common),
  F12: data(common),
  F13: onPolicy(common),
})

/** Every figure of the paper, and how the learning rates were chosen. */
export const figures = (common: SetUp) => ({
  "learning rates": learningRates(common),
  ...full(common),
  "F10-11 and 14": scale(common),
})

/** What goes beyond the paper. */
export const beyond = (common: SetUp) => ({
  "semi-online": semiOnline(common),
  losses: lossFamily(common),
  "golden model": goldenModel(common),
  noise: noise(common),
})

type Parts = Readonly<Record<string, Readonly<Record<string, object>>>>

/** What one task, or several by their names, have to show, as one document. */
export const reported = (title: string, studies: ReadonlyArray<Study>, tasks: Readonly<Record<string, Parts>>) => {
  const each = (what: string) =>
    Object.fromEntries(
      Object.entries(tasks).map(([task, parts]) => [
        task,
        Object.fromEntries(Object.entries(parts).flatMap(([name, part]) => (part[what] === undefined ? [] : [[name, part[what]]]))),
      ]),
    ) as never
  return report({
    title,
    introduction: [...studies.map(inWords), howToRead].join("\n\n"),
    figures: each("figures"),
    verdicts: each("verdicts"),
    metrics: each("measures"),
  })
}

/** The size of a study, and what it has less of than it should. */
const inWords = (study: Study): string => {
  const { task, rates, headlineRate, stepsAt, betas, seeds, data, evaluated, scales } = study
  const steps = rates.map((rate) => `${stepsAt(rate)} at ${rate}`).join(", ")
  const less = ablation(study)
  const compared = scales.map(({ size, steps, prompts }) => `${size} ${steps} steps and ${prompts} prompts`).join(", ")
  const sizes = compared === "" ? "" : `, and where sizes of policy are compared (${compared})`
  return [
    `**${task}**: IPO, ${batchSize} pairs a step, steps by learning rate ${steps}; headline rate ${headlineRate}, β ${betas.join(", ")}.`,
    `D_golden is of ${data.prompts} prompts with ${data.perPrompt} responses each; ${evaluated} test prompts are evaluated at each checkpoint.`,
    `Seeds: ${seeds.headline.length} in figure 1 at the headline, ${seeds.elsewhere.length} elsewhere.`,
    `There are fewer steps, for the hours that two cores have, in figure 9, of other losses, wrong labels and a learned gold (at most ${less.stepsAt(headlineRate)})${sizes}.`,
  ].join(" ")
}

const howToRead = [
  "A claim is *reproduced* or *not reproduced* where its whole 95 % interval, over seeds and prompts, is on one side of its rule, and *undecided* else. " +
    "The rules are those of `claims.ts`, fixed before any comparison was run.",
  "A peak is chosen on one half of the prompts and read on the other, so that it is not the luckiest of many checkpoints. On a curve that still rises it reads " +
    "low, so a fall from the peak may come out below 0.",
  "Online arms learn from a proxy, offline arms from gold itself. The measures say how often the proxy orders held-out golden pairs as gold does, beside a bag of " +
    "words. Where that is hardly above a half, or below the bag, nothing can be concluded from the online arms of that task. `sanity` shows a policy that learned " +
    "online from gold itself, and `noise` what wrong labels cost either side.",
].join("\n\n")
