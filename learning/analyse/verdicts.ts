import type { Run } from "assay"
import type { EstimateRow, VerdictRow } from "../../data/schema/index.ts"
import type { CompleteClaim, CompleteEstimand } from "./claim.ts"
import { type Decision, decide, detectableBy, type Rule } from "./decide.ts"
import { observe } from "./estimand.ts"
import { type Estimate, estimateTogether, intervalOf, type NotMeasurable } from "./estimate.ts"
import { readEvidence } from "./measured-run.ts"
import { verdictTable } from "./verdict-table.ts"
import type { verdicts } from "./verdicts.stage.ts"

export const run: Run<typeof verdicts> = async ({ inputs, parameters, outputs }) => {
  const { claims, reference } = parameters
  const evidence = await readEvidence(inputs)
  const parts = claims.flatMap((claim) => [claim, ...claim.and].map((part) => ({ claim, part })))
  const estimates = estimateByKind(
    parts.map(({ part: { estimand } }) => ({ estimand, observed: observe(estimand, { evidence, reference }) })),
  )
  const estimated = parts.map((each, index) => ({ ...each, estimate: estimates[index] as Estimate | NotMeasurable }))
  const byClaim = claims.map((claim) => ({ claim, own: estimated.filter((each) => each.claim === claim) }))
  const decisions = decide(
    byClaim.map(({ claim, own }) => ({
      family: claim.family,
      parts: own.map(({ part, estimate }) => ({ rule: ruleOf(claim, part), estimate })),
    })),
  )
  await outputs.estimates.append(
    byClaim.flatMap(({ claim, own }) => own.map(({ part, estimate }, index) => toEstimateRow(claim, part, index, estimate))),
  )
  const decided = byClaim.map(({ claim, own }, index) => {
    const decision = decisions[index] as Decision
    const { part, estimate } = own[decision.part] as (typeof own)[number]
    return toVerdictRow(claim, part, estimate, decision)
  })
  await outputs.verdicts.append(decided)
  await outputs.table.write("verdicts.md", verdictTable(decided))
}

/** Variances are pooled over quantities of one unit. */
const estimateByKind = (
  parts: ReadonlyArray<{ readonly estimand: CompleteEstimand; readonly observed: ReturnType<typeof observe> }>,
): ReadonlyArray<Estimate | NotMeasurable> => {
  const estimates: Array<Estimate | NotMeasurable> = []
  const kinds = [...new Set(parts.map(({ estimand }) => kindOf(estimand)))]
  for (const kind of kinds) {
    const places = parts.flatMap(({ estimand }, index) => (kindOf(estimand) === kind ? index : []))
    const pooled = estimateTogether(places.map((index) => (parts[index] as (typeof parts)[number]).observed))
    for (const [order, index] of places.entries()) estimates[index] = pooled[order] as Estimate | NotMeasurable
  }
  return estimates
}

const kindOf = ({ quantity }: CompleteEstimand): string =>
  quantity.includes("chang") || quantity.includes("accuracy") ? quantity : quantity.includes("slope") ? "slope" : "win rate"

type Part = Pick<CompleteClaim, "estimand" | "direction" | "threshold">

/** A difference that counts as none, where a claim does not say: in win rate. */
const defaultMargin = 0.03

const ruleOf = ({ margin }: CompleteClaim, { direction, threshold }: Part): Rule => ({
  direction,
  threshold,
  margin: margin ?? (threshold === 0 ? defaultMargin : 0),
})

const inWords = ({ direction, threshold }: Part): string => (direction === "within" ? `within ±${threshold}` : `${direction} ${threshold}`)

/** What an estimand is called in a table. */
const measureOf = (estimand: CompleteEstimand): string =>
  estimand.quantity === "contrast"
    ? estimand.terms
        .map(({ weight, arm }) => `${weight < 0 ? "−" : "+"}${Math.abs(weight) === 1 ? "" : `${Math.abs(weight)} `}${arm}`)
        .join(" ")
    : estimand.quantity

const placeOf = (estimand: CompleteEstimand) => ({
  against: "against" in estimand ? estimand.against : null,
  kl: "kl" in estimand && typeof estimand.kl === "number" ? estimand.kl : null,
})

const toVerdictRow = (claim: CompleteClaim, part: Part, estimate: Estimate | NotMeasurable, decision: Decision): VerdictRow => {
  const { margin } = ruleOf(claim, part)
  const measured = "reason" in estimate ? undefined : { ...estimate, ...intervalOf(estimate) }
  return {
    claim: claim.claim,
    family: claim.family,
    measure: measureOf(part.estimand),
    ...placeOf(part.estimand),
    effect: measured?.effect ?? null,
    low: measured?.low ?? null,
    high: measured?.high ?? null,
    detectable: decision.detectable,
    p: decision.p,
    p_adjusted: decision.adjusted,
    rule: inWords(part),
    margin: margin === 0 ? null : margin,
    worlds: measured?.worlds ?? 0,
    seeds: measured?.seeds ?? 0,
    verdict: decision.verdict,
    reason: "reason" in estimate ? estimate.reason : null,
  }
}

const toEstimateRow = (claim: CompleteClaim, part: Part, index: number, estimate: Estimate | NotMeasurable): EstimateRow => {
  const measured = "reason" in estimate ? undefined : { ...estimate, ...intervalOf(estimate) }
  return {
    claim: claim.claim,
    part: index + 1,
    measure: measureOf(part.estimand),
    ...placeOf(part.estimand),
    direction: part.direction,
    threshold: part.threshold,
    effect: measured?.effect ?? null,
    se: measured?.se ?? null,
    degrees: measured?.degrees ?? null,
    low: measured?.low ?? null,
    high: measured?.high ?? null,
    detectable: measured === undefined ? null : detectableBy(measured, 0.05),
    worlds: measured?.worlds ?? 0,
    seeds: measured?.seeds ?? 0,
    prompts: measured?.prompts ?? 0,
    sd_world: measured?.components.world ?? null,
    sd_seed: measured?.components.seed ?? null,
    sd_sampling: measured?.components.sampling ?? null,
    sd_prompt: measured?.components.prompt ?? null,
    reason: "reason" in estimate ? estimate.reason : null,
  }
}
