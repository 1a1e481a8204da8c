import type { MetricRow } from "../../data/schema/index.ts"
import type { Labels } from "../judge/labels.ts"

/**
 * What a run has spent. A label is a pair that a judge or a person has compared and that reached
 * the learner, or that its online run or its proxy had bought. Artifacts do not hold how many were
 * bought besides, so these are not counted, and a budget is then a lower bound:
 * - candidates of a prompt that `label({ pairing: "untied" })` has judged and not kept, and those
 *   of an online run whose stream is replayed (the online run counts them);
 * - pairs that `bestOfN` and `subset…` discard, and ties that `label({ ties: "drop" })` does;
 * - labels that a policy was trained on from which the pairs were drawn.
 * The stages that discard print how many, and their results keep that. `optimize` and
 * `preferenceModel` print where pairs are missing between those that they are given, and `optimize`
 * where these were drawn from another policy than the reference.
 */
export interface Budget {
  readonly steps: number
  /**
   * Pairs that the learner was shown, again and again where it went through its data more than
   * once.
   */
  readonly pairs: number
  /** Those of them that were not ties, and taught it something. */
  readonly usefulPairs: number
  /**
   * Labelled pairs that it was given or had made, ties too, by the kind of judge (`gold`, `proxy`,
   * …), and those that its proxy had learned from.
   */
  readonly labels: Readonly<Record<string, number>>
  /** Those of them that are not ties. */
  readonly untiedLabels: Readonly<Record<string, number>>
}

const labelPrefix = "labels_"
const untiedPrefix = "untied_labels_"

/** Labels as metrics, from which `budgetOf` takes them. */
export const labelMetrics = (labels: Labels): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([source, { pairs, untied }]) => [
      [labelPrefix + source, pairs],
      [untiedPrefix + source, untied],
    ]),
  )

/** From the metrics that `optimize`, `optimizeOnline` and `goldenPolicy` report. */
export const budgetOf = (metrics: ReadonlyArray<MetricRow>): Budget => {
  const sum = (wanted: string): number => metrics.reduce((total, { name, value }) => (name === wanted ? total + value : total), 0)
  const bySource = (prefix: string): Readonly<Record<string, number>> => {
    const named = metrics
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, value }) => [name.slice(prefix.length), value] as const)
    return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  return {
    steps: metrics.reduce((last, { step }) => Math.max(last, step), 0),
    pairs: sum("pairs"),
    usefulPairs: sum("useful_pairs"),
    labels: bySource(labelPrefix),
    untiedLabels: bySource(untiedPrefix),
  }
}

/** A quantity in which arms that are compared differ: its value in each arm. */
export interface BudgetDifference {
  readonly quantity: string
  readonly values: Readonly<Record<string, number>>
}

/**
 * Where the budgets of arms differ, in the order steps, pairs, useful pairs, labels. Values whose
 * largest exceeds the smallest by no more than `tolerance` (a share of the largest) count as equal.
 * Budgets that are equal give nothing.
 */
export const budgetDifferences = (arms: Readonly<Record<string, Budget>>, tolerance = 0): ReadonlyArray<BudgetDifference> => {
  const names = Object.keys(arms)
  const sources = [...new Set(names.flatMap((name) => Object.keys(arms[name]?.labels ?? {})))].sort()
  const quantities: ReadonlyArray<readonly [string, (budget: Budget) => number]> = [
    ["steps", ({ steps }) => steps],
    ["pairs", ({ pairs }) => pairs],
    ["useful pairs", ({ usefulPairs }) => usefulPairs],
    ...sources.flatMap((source) => [
      [`${source} labels`, ({ labels }: Budget) => labels[source] ?? 0] as const,
      [`untied ${source} labels`, ({ untiedLabels }: Budget) => untiedLabels[source] ?? 0] as const,
    ]),
  ]
  return quantities.flatMap(([quantity, of]) => {
    const values = Object.fromEntries(names.map((name) => [name, of(arms[name] as Budget)]))
    const all = Object.values(values)
    const [least, most] = [Math.min(...all), Math.max(...all)]
    return most - least > tolerance * most ? [{ quantity, values }] : []
  })
}

/**
 * The differences in words, for a caption: "gold labels: 9600 (offline), 0 (online, shuffled)".
 * Empty where there are none.
 */
export const differencesInWords = (differences: ReadonlyArray<BudgetDifference>): string =>
  differences
    .map(({ quantity, values }) => {
      const arms = (wanted: number) => Object.keys(values).filter((arm) => values[arm] === wanted)
      return `${quantity}: ${[...new Set(Object.values(values))].map((value) => `${value} (${arms(value).join(", ")})`).join(", ")}`
    })
    .join("; ")
