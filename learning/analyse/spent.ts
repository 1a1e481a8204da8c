import type { InputMember } from "assay"
import type { Metrics } from "../artifacts.ts"
import { type Budget, budgetDifferences, budgetOf, differencesInWords } from "../preferences/budget.ts"
import { armName, groupBy, tellingAxes } from "./runs.ts"
import { mean } from "./statistics/mean.ts"

/** Of the larger, in which budgets may differ and pass as equal: how many pairs are ties is chance. */
const tolerance = 0.02

/**
 * What the caption of a figure says about the budgets of its arms, from the metrics of their training: in what they differ, on average over β and seeds, or that
 * they do not. Empty where there are no metrics of two arms.
 */
export const budgetsInWords = async (members: ReadonlyArray<InputMember<typeof Metrics>>): Promise<string> => {
  const telling = tellingAxes(members)
  const runs = await Promise.all(
    members.map(async ({ path, at, input }) => {
      const { beta: _, ...axes } = telling(at)
      return { arm: armName(path, axes), budget: budgetOf(await input.read()) }
    }),
  )
  const arms = [...groupBy(runs, ({ arm }) => arm)].map(([arm, group]) => [arm, average(group.map(({ budget }) => budget))] as const)
  if (arms.length < 2) return ""
  const words = differencesInWords(budgetDifferences(Object.fromEntries(arms), tolerance))
  return words === "" ? "Budgets of all arms are equal in steps, pairs and labels." : `Budgets differ in ${words}.`
}

const average = (budgets: ReadonlyArray<Budget>): Budget => {
  const meanOf = (value: (budget: Budget) => number) => Math.round(mean(budgets.map(value)))
  const bySource = (labelsIn: (budget: Budget) => Budget["labels"]) => {
    const sources = [...new Set(budgets.flatMap((budget) => Object.keys(labelsIn(budget))))].sort()
    return Object.fromEntries(sources.map((source) => [source, meanOf((budget) => labelsIn(budget)[source] ?? 0)]))
  }
  return {
    steps: meanOf(({ steps }) => steps),
    pairs: meanOf(({ pairs }) => pairs),
    usefulPairs: meanOf(({ usefulPairs }) => usefulPairs),
    labels: bySource(({ labels }) => labels),
    untiedLabels: bySource(({ untiedLabels }) => untiedLabels),
  }
}
