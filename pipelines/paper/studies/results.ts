/**
 * What a study reports: the figures, verdicts and measures of its pages in one document, made by
 * `report`.
 */

import type { Artifact } from "assay"
import { type Figure, type Metrics, report, type Verdicts } from "assay/stages"
import { ownSamples } from "../figures/e01-own-samples.ts"
import { onlineAndOffline } from "../figures/f01-frontier.ts"
import { replay } from "../figures/f03-replay.ts"
import { coverage } from "../figures/f04-coverage.ts"
import { quality } from "../figures/f05-quality.ts"
import { classification } from "../figures/f06-classification.ts"
import { contrast } from "../figures/f09-contrast.ts"
import { scale } from "../figures/f10-scale.ts"
import { data } from "../figures/f12-data.ts"
import { onPolicy } from "../figures/f13-on-policy.ts"
import { goldenModel } from "../figures/golden-model.ts"
import { learningRates } from "../figures/learning-rate.ts"
import { lossFamily } from "../figures/losses.ts"
import { noise } from "../figures/noise.ts"
import { sanity } from "../figures/sanity.ts"
import { semiOnline } from "../figures/semi-online.ts"
import type { SetUp } from "../shared/set-up.ts"
import { ablation, batchSize, type Study } from "../shared/study.ts"

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

/** What a figure's page has to show. */
interface Part {
  readonly figures: ByName<{ readonly figure: Artifact<typeof Figure>; readonly [output: string]: Artifact }>
  readonly verdicts?: Artifact<typeof Verdicts>
  readonly measures?: ByName<Artifact<typeof Metrics>>
}

type ByName<T> = Readonly<Record<string, T>>

/** Puts what is shown of each task into one document. */
export const reportTasks = (title: string, studies: ReadonlyArray<Study>, tasks: ByName<ByName<Part>>) => {
  const collect = <V>(pick: (part: Part) => V | undefined): ByName<ByName<V>> =>
    mapValues(tasks, (parts) => {
      const values = Object.entries(parts).map(([name, part]) => [name, pick(part)] as const)
      return Object.fromEntries(values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
    })
  return report({
    title,
    introduction: [...studies.map(describeStudy), howToRead].join("\n\n"),
    figures: collect(({ figures }) => figures),
    verdicts: collect(({ verdicts }) => verdicts),
    metrics: collect(({ measures }) => measures),
  })
}

const mapValues = <A, B>(record: ByName<A>, change: (value: A) => B): ByName<B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))

/** The size of a study, and where its budget is smaller than the question deserves. */
const describeStudy = (study: Study): string => {
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
  "Arms are compared at equal KL to SFT. A claim is *supported*, *negligible*, *opposite*, *inconclusive* or *not measurable*: docs/concepts/verdicts.md says " +
    "what these mean. The rules are those of `claims.ts`. All claims here are exploratory, and intervals are over seeds of one world: one SFT policy, one " +
    "D_golden, one proxy. `studies/gap.ts` is the study that draws these again.",
  "Online arms learn from a proxy, offline arms from gold itself. The measures say how often the proxy orders held-out golden pairs as gold does, beside a bag of " +
    "words. Where that is hardly above a half, or below the bag, nothing can be concluded from the online arms of that task. `sanity` shows a policy that learned " +
    "online from gold itself, and `noise` what wrong labels cost either side.",
].join("\n\n")
