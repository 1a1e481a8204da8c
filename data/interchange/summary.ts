import { type LeaveOut, type Reason, reasons } from "./left-out.ts"
import type { ForeignPreference } from "./preference.ts"

/** What an import made of a file, so that nothing of it is left out in silence. */
export interface ImportSummary {
  readonly pairs: number
  /** Columns that were not read, in the order in which they were met. */
  readonly leftOut: ReadonlyArray<string>
  /** Records and responses that gave no pair, by the reason. */
  readonly unpaired: Readonly<Partial<Record<Reason, number>>>
  /** Pairs of which neither response is the better: they train nothing. */
  readonly ties: number
  /** Pairs whose chosen response has the lower score. */
  readonly contrary: number
  readonly emptyPrompts: number
  readonly emptyResponses: number
  /**
   * Pairs whose responses both begin with the prompt, which is then twice in what a policy reads.
   */
  readonly repeatedPrompts: number
  /**
   * Pairs that several annotators judged, the fewest and the most annotators of one, and the pairs
   * on which all of them agree.
   */
  readonly annotated: { readonly pairs: number; readonly fewest: number; readonly most: number; readonly unanimous: number }
}

/** More columns than these are counted and not named. */
const most = 100

/** Counts as records come. */
export class ImportCounts {
  readonly #read: ReadonlySet<string>
  readonly #leftOut = new Set<string>()
  readonly #unpaired = new Map<Reason, { count: number; readonly first: Error | undefined }>()
  readonly #annotated = { pairs: 0, fewest: 0, most: 0, unanimous: 0 }
  readonly #counts = { pairs: 0, ties: 0, contrary: 0, emptyPrompts: 0, emptyResponses: 0, repeatedPrompts: 0 }

  constructor(columns: ReadonlyArray<string>) {
    this.#read = new Set(columns)
  }

  readonly see = (present: ReadonlyArray<string>): void => {
    for (const name of present) if (!this.#read.has(name) && this.#leftOut.size < most) this.#leftOut.add(name)
  }

  readonly leave: LeaveOut = (reason, count, fault) => {
    const before = this.#unpaired.get(reason)
    if (before === undefined) this.#unpaired.set(reason, { count, first: fault })
    else before.count += count
  }

  add({ prompt, chosen, rejected, score_chosen, score_rejected, tie, annotators }: ForeignPreference): void {
    const counts = this.#counts
    counts.pairs++
    if (tie) counts.ties++
    if (score_chosen !== null && score_rejected !== null && score_chosen < score_rejected) counts.contrary++
    if (prompt === "") counts.emptyPrompts++
    else if (chosen.startsWith(prompt) && rejected.startsWith(prompt)) counts.repeatedPrompts++
    if (chosen.trim() === "" || rejected.trim() === "") counts.emptyResponses++
    if (annotators !== undefined) this.#addVotes(annotators)
  }

  #addVotes({ count, agree }: NonNullable<ForeignPreference["annotators"]>): void {
    const annotated = this.#annotated
    annotated.pairs++
    annotated.fewest = annotated.pairs === 1 ? count : Math.min(annotated.fewest, count)
    annotated.most = Math.max(annotated.most, count)
    if (agree) annotated.unanimous++
  }

  get summary(): ImportSummary {
    const unpaired = Object.fromEntries([...this.#unpaired].map(([reason, { count }]) => [reason, count]))
    return { ...this.#counts, leftOut: [...this.#leftOut], unpaired, annotated: { ...this.#annotated } }
  }

  /** Why there is no pair at all: what was left out, and what was wrong with the first of it. */
  get whyNone(): ReadonlyArray<string> {
    return [...this.#unpaired].map(
      ([reason, { count, first }]) => `${count} ${reasons[reason]}${first === undefined ? "" : ` (${first.message})`}`,
    )
  }
}

/** The same in words, one sentence for each thing that a reader of the data may not expect. */
export const describeImport = ({ pairs, leftOut, unpaired, annotated, ...counts }: ImportSummary): ReadonlyArray<string> => {
  const of = (count: number, what: string) => (count === 0 ? [] : [`${count} of ${pairs} pairs ${what}`])
  const { fewest, most, unanimous } = annotated
  const annotators = fewest === most ? `${most}` : `${fewest} to ${most}`
  return [
    ...(leftOut.length === 0 ? [] : [`${leftOut.length} columns were not imported: ${leftOut.join(", ")}`]),
    ...Object.entries(unpaired).map(([reason, count]) => `${count} ${reasons[reason as Reason]}`),
    ...of(counts.ties, "are ties, which train nothing: equal responses, equal scores, or no verdict"),
    ...of(counts.contrary, "have a chosen response with the lower score"),
    ...of(counts.emptyPrompts, "have an empty prompt"),
    ...of(counts.emptyResponses, "have an empty response"),
    ...of(counts.repeatedPrompts, "repeat the prompt at the beginning of both responses: a policy would read it twice"),
    ...of(annotated.pairs, `were judged by ${annotators} annotators; they agree on ${unanimous}`),
  ]
}
