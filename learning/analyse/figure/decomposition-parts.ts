import { groupBy } from "../runs.ts"
import { joinWords } from "./number-words.ts"

/**
 * What a gap is made of: what pairs are drawn from, who labels them, and what these two do together
 * beyond what each does alone. "order" and "coverage" are parts of "sampling": when pairs are seen,
 * and which.
 */
export type Component = "sampling" | "order" | "coverage" | "labels" | "interaction" | "gap"

/** A component of the gap at one KL, with its 95 % interval, in win rate. */
export interface DecompositionRow {
  /** The task. */
  readonly panel: string
  /** Nats. */
  readonly kl: number
  readonly component: Component
  readonly effect: number
  readonly low: number
  readonly high: number
  /** Over how many worlds the interval is. */
  readonly worlds?: number
}

const terms: ReadonlyArray<Component> = ["sampling", "labels", "interaction"]

/** Each panel's rows at each KL. */
const placesOf = (rows: ReadonlyArray<DecompositionRow>): ReadonlyArray<ReadonlyArray<DecompositionRow>> => [
  ...groupBy(rows, ({ panel, kl }) => JSON.stringify([panel, kl])).values(),
]

/** Finds the first place whose components do not add up to the gap; undefined if all do. */
export const findNotAdding = (
  rows: ReadonlyArray<DecompositionRow>,
): { readonly panel: string; readonly kl: number; readonly sum: number; readonly gap: number } | undefined => {
  for (const place of placesOf(rows)) {
    const effectOf = (component: Component) => place.find((row) => row.component === component)?.effect ?? 0
    const sum = terms.reduce((total, term) => total + effectOf(term), 0)
    const { panel, kl } = place[0] as DecompositionRow
    const gap = effectOf("gap")
    if (Math.abs(sum - gap) > 1e-6) return { panel, kl, sum, gap }
  }
  return undefined
}

/** The name of a component beside its bar, with the sign that joins it to those above. */
export const wordOf = ({ component, kl }: DecompositionRow, rows: ReadonlyArray<DecompositionRow>): string => {
  if (component === "gap") return "= gap"
  if (component === "order" || component === "coverage") return `of which ${component}`
  const first = terms.find((term) => rows.some((row) => row.kl === kl && row.component === term))
  return component === first ? component : `+ ${component}`
}

/** Says in how many places (task, KL) the interval of each component excludes 0. */
export const decompositionHeadline = (rows: ReadonlyArray<DecompositionRow>): string => {
  const count = placesOf(rows).length
  const told = terms.flatMap((term) => {
    const own = rows.filter(({ component }) => component === term)
    return own.length === 0 ? [] : [{ term, differs: own.filter(({ low, high }) => low > 0 || high < 0).length }]
  })
  const [first, ...others] = told.sort((a, b) => b.differs - a.differs)
  if (first === undefined || first.differs === 0) return "No component of the gap can be told from 0"
  const name = `${first.term.slice(0, 1).toUpperCase()}${first.term.slice(1)}`
  const rest = others.map(({ term, differs }) => `${term} in ${differs === 0 ? "none" : differs}`)
  return `${name} ${first.term === "labels" ? "differ" : "differs"} from 0 in ${first.differs} of ${count} place${count === 1 ? "" : "s"}${rest.length > 0 ? `, ${joinWords(rest)}` : ""}`
}
