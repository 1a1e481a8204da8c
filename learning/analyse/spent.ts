import type { InputMember } from "assay"
import type { Metrics } from "../artifacts.ts"
import { type Budget, budgetDifferences, budgetOf, differencesInWords } from "../preferences/budget.ts"
import { armName, groupBy, tellingAxes } from "./runs.ts"
import { mean } from "./statistics/mean.ts"

/**
 * Budgets that differ by less than this fraction of the larger count as equal: how many pairs are
 * ties is chance.
 */
const tolerance = 0.02

/**
 * Describes the budgets of a figure's arms for its caption, from the metrics of their training: in
 * which of steps, pairs and labels they differ, averaged over β and seeds, or that they are equal.
 * Empty where fewer than two arms have metrics.
 */
export const describeBudgets = async (members: ReadonlyArray<InputMember<typeof Metrics>>): Promise<string> => {
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
