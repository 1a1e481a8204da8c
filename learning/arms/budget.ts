import type { MetricRow } from "../../data/schema/index.ts"

/** What a run has spent. */
export interface Budget {
  readonly steps: number
  /** Pairs that the learner was shown, again and again where it went through its data more than once. */
  readonly pairs: number
  /** Those of them that were not ties, and taught it something. */
  readonly usefulPairs: number
  /** Labelled pairs that it was given or had made, ties too, by the kind of judge (`gold`, `proxy`, …). A proxy's own labels are not among them. */
  readonly labels: Readonly<Record<string, number>>
}

const labelPrefix = "labels_"

/** From the metrics that `optimize`, `optimizeOnline` and `goldenPolicy` report. */
export const budgetOf = (metrics: ReadonlyArray<MetricRow>): Budget => {
  const sum = (wanted: string): number => metrics.reduce((total, { name, value }) => (name === wanted ? total + value : total), 0)
  const labels = metrics.flatMap(({ name, value }) =>
    name.startsWith(labelPrefix) ? [[name.slice(labelPrefix.length), value] as const] : [],
  )
  return {
    steps: metrics.reduce((last, { step }) => Math.max(last, step), 0),
    pairs: sum("pairs"),
    usefulPairs: sum("useful_pairs"),
    labels: Object.fromEntries(labels.sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** A quantity in which arms that are compared differ: its value in each arm. */
export interface BudgetDifference {
  readonly quantity: string
  readonly values: Readonly<Record<string, number>>
}

/**
 * Where the budgets of arms differ, in the order steps, pairs, useful pairs, labels. Values whose largest exceeds the smallest by no more
 * than `tolerance` (a share of the largest) count as equal. Budgets that are equal give nothing.
 */
export const budgetDifferences = (arms: Readonly<Record<string, Budget>>, tolerance = 0): ReadonlyArray<BudgetDifference> => {
  const names = Object.keys(arms)
  const sources = [...new Set(names.flatMap((name) => Object.keys(arms[name]?.labels ?? {})))].sort()
  const quantities: ReadonlyArray<readonly [string, (budget: Budget) => number]> = [
    ["steps", ({ steps }) => steps],
    ["pairs", ({ pairs }) => pairs],
    ["useful pairs", ({ usefulPairs }) => usefulPairs],
    ...sources.map((source) => [`${source} labels`, ({ labels }: Budget) => labels[source] ?? 0] as const),
  ]
  return quantities.flatMap(([quantity, of]) => {
    const values = Object.fromEntries(names.map((name) => [name, of(arms[name] as Budget)]))
    const all = Object.values(values)
    const [least, most] = [Math.min(...all), Math.max(...all)]
    return most - least > tolerance * most ? [{ quantity, values }] : []
  })
}

/** The differences in words, for a caption: "gold labels: 9600 (offline), 0 (online, shuffled)". Empty where there are none. */
export const differencesInWords = (differences: ReadonlyArray<BudgetDifference>): string =>
  differences
    .map(({ quantity, values }) => {
      const arms = (wanted: number) => Object.keys(values).filter((arm) => values[arm] === wanted)
      return `${quantity}: ${[...new Set(Object.values(values))].map((value) => `${value} (${arms(value).join(", ")})`).join(", ")}`
    })
    .join("; ")
