import type { CompleteEstimand } from "../../../learning/analyse/claim.ts"
import { decide, detectableBy } from "../../../learning/analyse/decide.ts"
import { observe } from "../../../learning/analyse/estimand.ts"
import { type Estimate, estimateTogether, intervalOf } from "../../../learning/analyse/estimate.ts"
import { type Simulated, simulateStudy } from "./simulated-study.ts"

/** By how much each arm is ahead of the base from 1 nat on. */
const leads = [0, 0, 0.03, 0.05, -0.03, 0.015, 0.1, -0.015] as const
/** The KL at which claims are decided, and others at which intervals are checked too. */
const claimed = 3
const kls = [1, 2, claimed, 4]
/** Of the leads, those that six primary claims are about. */
const primary = [0, 1, 2, 3, 4, 5]

/** What a rule did in many studies of known truth, as shares. */
export interface Assessment {
  /** Intervals of 95 % that hold the true value. */
  readonly coverage: number
  /** Studies with a false support, and with a false refutation, among their six primary claims. */
  readonly falseSupport: number
  readonly falseRefutation: number
  /** Claims of a lead of 0.05 and of 0.03 that are supported, and of a lead of 0 that are found negligible. */
  readonly powerLarge: number
  readonly powerMargin: number
  readonly negligible: number
  /** The mean smallest lead that is found with power 0.8, at 5 %. */
  readonly detectable: number
}

/** Decides the claims of so many simulated studies of one design. */
export const assessRule = (design: Pick<Simulated, "worlds" | "seeds" | "prompts" | "spread">, studies: number): Assessment => {
  const count = { intervals: 0, covered: 0, support: 0, refutation: 0, large: 0, margin: 0, negligible: 0, nothing: 0 }
  let detectable = 0
  const grow = (lead: number) => (kl: number) => lead * Math.min(1, Math.sqrt(kl))
  const arms = { base: grow(0), ...Object.fromEntries(leads.map((lead, index) => [`arm ${index}`, grow(lead)])) }
  for (let study = 0; study < studies; study++) {
    const evidence = simulateStudy({ ...design, study, kls: [0.8, 1.7, 2.6, 4.6], arms })
    const cells = leads.flatMap((lead, index) => kls.map((kl) => ({ lead, index, kl })))
    const estimates = estimateTogether(
      cells.map(({ index, kl }) => {
        const estimand: CompleteEstimand = {
          quantity: "gap",
          first: { arm: `arm ${index}`, at: {} },
          second: { arm: "base", at: {} },
          against: "sft",
          kl,
        }
        return observe(estimand, { evidence, reference: "sft" })
      }),
    )
    for (const [index, { lead }] of cells.entries()) {
      const estimate = estimates[index] as Estimate
      if ("reason" in estimate) continue
      const { low, high } = intervalOf(estimate)
      count.intervals++
      if (low <= lead && lead <= high) count.covered++
      detectable += detectableBy(estimate, 0.05)
    }
    const claims = primary.map((index) => cells.findIndex((cell) => cell.index === index && cell.kl === claimed))
    const decided = decide(
      claims.map((cell) => ({
        family: "primary" as const,
        parts: [{ rule: { direction: "above" as const, threshold: 0, margin: 0.03 }, estimate: estimates[cell] as Estimate }],
      })),
    ).map(({ verdict }, place) => ({ verdict, lead: leads[primary[place] as number] as number }))
    const isFalse = {
      support: decided.some(({ verdict, lead }) => verdict === "supported" && lead <= 0),
      refutation: decided.some(({ verdict, lead }) => (verdict === "negligible" && lead >= 0.03) || (verdict === "opposite" && lead >= 0)),
    }
    if (isFalse.support) count.support++
    if (isFalse.refutation) count.refutation++
    for (const { verdict, lead } of decided) {
      if (lead === 0.05 && verdict === "supported") count.large++
      if (lead === 0.03 && verdict === "supported") count.margin++
      if (lead === 0) count.nothing++
      if (lead === 0 && verdict === "negligible") count.negligible++
    }
  }
  return {
    coverage: count.covered / count.intervals,
    falseSupport: count.support / studies,
    falseRefutation: count.refutation / studies,
    powerLarge: count.large / studies,
    powerMargin: count.margin / studies,
    negligible: count.negligible / count.nothing,
    detectable: detectable / count.intervals,
  }
}

/** Standard deviations as they were measured on the `sentiment` task (win rates against SFT). */
export const measuredSpread = { world: 0.008, seed: 0.012, prompt: 0.168, response: 0.232 }
