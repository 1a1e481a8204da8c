/**
 * The claims of the study. Six are primary; all other are exploratory or checks. One margin
 * throughout: δ = 0.03 in win rate, and a third of it per nat for slopes.
 */

import type { Claim } from "assay/stages"
import { commonKls, kls, margin } from "../shared/claims.ts"
import { type Design, paperBeta, type TaskDesign, windows } from "./design.ts"

type Place = Readonly<Record<string, string | number>>
interface Term {
  readonly weight: number
  readonly arm: string
  readonly at: Place
}
type Terms = ReadonlyArray<Term>

/** Where one number stands for a curve, and the first KL of the grid. */
const middle = 2
const [firstKl] = kls

/** Arms of a task by what they are made of; `at` is a learning rate. */
export const armOf = (task: string, sampling: string, labels: "gold" | "proxy") => `${task} ${sampling} ${labels}`

/** A weighted sum of arms, averaged over learning rates. */
const averaged = (rates: ReadonlyArray<number>, arms: ReadonlyArray<readonly [weight: number, arm: string]>): Terms =>
  rates.flatMap((learningRate) => arms.map(([weight, arm]) => ({ weight: weight / rates.length, arm, at: { learningRate } })))

const contrast = (terms: Terms, kl: number, against = "sft") => ({ quantity: "contrast", terms, against, kl }) as const
const slope = (terms: Terms) => ({ quantity: "slope of a contrast", terms, against: "sft", kl: commonKls }) as const
const isAbove = { direction: "above", threshold: 0 } as const
const isBelow = (threshold: number) => ({ direction: "below", threshold }) as const
const isWithin = { direction: "within", threshold: margin } as const
const perNat = { margin: margin / 3 } as const

export const ratesOf = ({ rates }: TaskDesign): ReadonlyArray<number> => rates.map(({ learningRate }) => learningRate)
/** The rate of arms that are trained at one: the lower one, whose runs have more steps a nat. */
export const oneRate = ({ rates }: TaskDesign): number => Math.min(...rates.map(({ learningRate }) => learningRate))

/**
 * The differences between arms of a task that questions are about, averaged over its learning
 * rates.
 */
const differences = (design: TaskDesign) => {
  const { task } = design
  const of = (arms: ReadonlyArray<readonly [number, string, "gold" | "proxy"]>): Terms =>
    averaged(
      ratesOf(design),
      arms.map(([weight, sampling, labels]) => [weight, armOf(task, sampling, labels)] as const),
    )
  const less = (first: readonly [string, "gold" | "proxy"], second: readonly [string, "gold" | "proxy"]) =>
    of([
      [1, ...first],
      [-1, ...second],
    ])
  return {
    gap: less(["online", "proxy"], ["offline", "gold"]),
    sampling: less(["online", "gold"], ["offline", "gold"]),
    labels: less(["offline", "proxy"], ["offline", "gold"]),
    order: less(["online", "gold"], ["shuffled", "gold"]),
    coverage: less(["shuffled", "gold"], ["offline", "gold"]),
    semiOnline: less(["every 30", "proxy"], ["online", "proxy"]),
    shuffledByProxy: less(["shuffled", "proxy"], ["online", "proxy"]),
  }
}

/** The six that the study was made for. */
export const primaryClaims = ({ sentiment }: Design): ReadonlyArray<Claim & { readonly claim: string }> => {
  const { gap, sampling, shuffledByProxy } = differences(sentiment)
  const at = { learningRate: oneRate(sentiment) }
  const between = (first: string, second: string): Terms => [
    { weight: 1, arm: `sentiment ${first}`, at },
    { weight: -1, arm: `sentiment ${second}`, at },
  ]
  const family = "primary"
  return [
    { claim: claimTexts.sampling, family, estimand: contrast(sampling, 3), ...isAbove },
    { claim: claimTexts.early, family, estimand: contrast(gap, 1), ...isBelow(margin) },
    { claim: claimTexts.grows, family, estimand: slope(gap), ...isAbove, ...perNat },
    {
      claim: claimTexts.window,
      family,
      estimand: contrast(between("window 4", "online proxy"), middle),
      ...isWithin,
      and: [{ estimand: contrast(between("shuffled proxy", "online proxy"), middle), ...isBelow(-0.02) }],
    },
    { claim: claimTexts.data, family, estimand: contrast(between("sft-early", "final-final"), middle), ...isAbove },
    {
      claim: claimTexts.loss,
      family,
      estimand: contrast(shuffledByProxy, middle),
      ...isBelow(0),
      // Shuffled, Bo2 stops between 1 and 2 nats.
      and: [{ estimand: contrast(between("Bo2 shuffled", "Bo2 online"), firstKl), ...isWithin }],
    },
  ]
}

/** Primary claims in words. */
export const claimTexts = {
  sampling: "P1: at equal labels, sampling from the policy itself wins more often at 3 nats",
  early: `P2: at 1 nat online is ahead of offline by less than ${margin}`,
  grows: "P3: the lead of online over offline grows with KL",
  window: "P4: order matters on the scale of a run: the online stream shuffled within 4 steps is as good, shuffled whole it is not",
  data: "P5: offline, pairs of SFT and an early policy are better than pairs of the final policy",
  /** Not one of the six: how large the gap is. */
  gap: "sentiment: online, as it is used, is ahead of offline at 3 nats",
  loss: "P6: order matters to a contrastive loss at 2 nats, and to Bo2 not at 1",
} as const

/** What the table of claims has a row for, and what each row is called. */
export const questions = {
  gap: "online, as it is used, is ahead of offline",
  grows: "…and its lead grows with KL (per nat)",
  sampling: "sampling: online is ahead at equal labels",
  labels: "labels: the proxy's are better than gold's, offline",
  order: "order: the online stream is better in its own order",
  coverage: "coverage: its pairs, shuffled, are better than SFT's",
  semiOnline: "drawing from a policy of up to 30 steps ago is as good",
  rate: "the lead is larger at the higher learning rate",
  golden: "online is ahead against the golden policy too",
  beta: `the lead is there at the paper's β of ${paperBeta}`,
} as const
export type Question = keyof typeof questions

/** A claim of the table, in words. */
export const textOf = (question: Question, task: string): string => `${task}: ${questions[question]}`

/** The questions that a task has arms for. */
export const questionsOf = ({ task, rates }: TaskDesign): ReadonlyArray<Question> =>
  (Object.keys(questions) as Array<Question>).filter(
    (question) => !((question === "rate" && rates.length < 2) || (question === "beta" && task !== "sentiment")),
  )

/** The claims of the table, at 2 nats where they are about one KL. */
const tableClaims = (design: TaskDesign): ReadonlyArray<Claim> => {
  const { task } = design
  const of = differences(design)
  const [lowest, highest] = [Math.min(...ratesOf(design)), Math.max(...ratesOf(design))]
  const gapAt = (learningRate: number, sign: 1 | -1): ReadonlyArray<Term> => [
    { weight: sign, arm: armOf(task, "online", "proxy"), at: { learningRate } },
    { weight: -sign, arm: armOf(task, "offline", "gold"), at: { learningRate } },
  ]
  const rules: Readonly<Record<Question, Omit<Claim, "claim">>> = {
    gap: { estimand: contrast(of.gap, middle), ...isAbove },
    grows: { estimand: slope(of.gap), ...isAbove, ...perNat },
    sampling: { estimand: contrast(of.sampling, middle), ...isAbove },
    labels: { estimand: contrast(of.labels, middle), ...isAbove },
    order: { estimand: contrast(of.order, middle), ...isAbove },
    coverage: { estimand: contrast(of.coverage, middle), ...isAbove },
    semiOnline: { estimand: contrast(of.semiOnline, middle), ...isWithin },
    rate: { estimand: contrast([...gapAt(highest, 1), ...gapAt(lowest, -1)], middle), ...isAbove },
    golden: { estimand: contrast(of.gap, middle, "golden"), ...isAbove },
    beta: {
      estimand: contrast(
        averaged(
          [oneRate(design)],
          [
            [1, `${task} paper's β online proxy`],
            [-1, `${task} paper's β offline gold`],
          ],
        ),
        middle,
      ),
      ...isAbove,
    },
  }
  return questionsOf(design).map((question) => ({ claim: textOf(question, task), ...rules[question] }))
}

const claimOfMedium = (design: TaskDesign): Claim => {
  const at = { learningRate: oneRate(design) }
  const lead: Terms = [
    { weight: 1, arm: "medium online proxy", at },
    { weight: -1, arm: "medium offline gold", at },
  ]
  return { claim: "a medium policy: online is ahead of offline at 2 nats", estimand: contrast(lead, middle), ...isAbove }
}

/** Each rate by itself, and every KL; sizes; windows; other pairs; what was classified. */
const furtherClaims = ({ sentiment, medium, others }: Design): ReadonlyArray<Claim> => {
  const gaps = [sentiment, ...others].flatMap((design) =>
    ratesOf(design).flatMap((learningRate) =>
      kls.map((kl): Claim => {
        const at = { learningRate }
        return {
          claim: `${design.task}, rate ${learningRate}: online is ahead of offline at ${kl} nats`,
          estimand: {
            quantity: "gap",
            first: { arm: armOf(design.task, "online", "proxy"), at },
            second: { arm: armOf(design.task, "offline", "gold"), at },
            against: "sft",
            kl,
          },
          ...isAbove,
        }
      }),
    ),
  )
  const at = { learningRate: oneRate(sentiment) }
  const source = "golden"
  const [online, offline] = [
    { arm: armOf("sentiment", "online", "proxy"), at },
    { arm: armOf("sentiment", "offline", "gold"), at },
  ]
  return [
    { claim: claimTexts.gap, estimand: contrast(differences(sentiment).gap, 3), ...isAbove },
    ...gaps,
    ...(medium === undefined ? [] : [claimOfMedium(medium)]),
    ...windows.map(
      (window): Claim => ({
        claim: `sentiment: the online stream shuffled within ${window} steps is as good at ${middle} nats`,
        estimand: { quantity: "gap", first: { arm: `sentiment window ${window}`, at }, second: online, against: "sft", kl: middle },
        ...isWithin,
      }),
    ),
    {
      claim: "sentiment: pairs of SFT and an early policy are better than SFT's own, offline, at 2 nats",
      estimand: { quantity: "gap", first: { arm: "sentiment sft-early", at }, second: offline, against: "sft", kl: middle },
      ...isAbove,
    },
    {
      claim: "sentiment: offline classifies held-out pairs better than online where both have a win rate of 0.6",
      estimand: { quantity: "difference of accuracy", first: offline, second: online, source, against: "sft", winRate: 0.6 },
      ...isAbove,
    },
    {
      claim: "sentiment: log-likelihood of chosen responses falls more offline than online, at 2 nats",
      estimand: { quantity: "difference of chosen change", first: offline, second: online, source, kl: middle },
      ...isBelow(0),
      margin: 0,
    },
    {
      claim: "accuracy on held-out pairs does not predict win rate along a run",
      estimand: { quantity: "win rate by accuracy", source, against: "sft" },
      direction: "within",
      threshold: 0.3,
    },
    ...[online, offline].map(
      (arm): Claim => ({
        claim: `sentiment: ${arm.arm.replace("sentiment ", "")} is over-optimised in the end`,
        estimand: { quantity: "slope at the end", ...arm, against: "sft" },
        ...isBelow(0),
        ...perNat,
      }),
    ),
    {
      claim: `sentiment: online by gold is clearly above SFT at ${middle} nats`,
      family: "check",
      estimand: { quantity: "win rate", arm: armOf("sentiment", "online", "gold"), at, against: "sft", kl: middle },
      direction: "above",
      threshold: 0.6,
    },
  ]
}

export const allClaims = (design: Design): ReadonlyArray<Claim> => [
  ...primaryClaims(design),
  ...[design.sentiment, ...design.others].flatMap(tableClaims),
  ...furtherClaims(design),
]
