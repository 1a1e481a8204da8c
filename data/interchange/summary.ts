import type { ForeignPreference } from "./preference.ts"

/** What an import made of a file, so that nothing of it is left out in silence. */
export interface ImportSummary {
  readonly pairs: number
  /** Columns that were not read, in the order in which they were met. */
  readonly leftOut: ReadonlyArray<string>
  /** Pairs whose responses are the same or have the same score: they train nothing. */
  readonly ties: number
  /** Pairs whose chosen response has the lower score. */
  readonly contrary: number
  readonly emptyPrompts: number
  readonly emptyResponses: number
  /**
   * Pairs whose responses both begin with the prompt, which is then twice in what a policy reads.
   */
  readonly repeatedPrompts: number
}

/** More columns than these are counted and not named. */
const most = 100

/** Counts as records come. */
export class ImportCounts {
  readonly #read: ReadonlySet<string>
  readonly #leftOut = new Set<string>()
  readonly #counts = { pairs: 0, ties: 0, contrary: 0, emptyPrompts: 0, emptyResponses: 0, repeatedPrompts: 0 }

  constructor(columns: ReadonlyArray<string>) {
    this.#read = new Set(columns)
  }

  see(present: ReadonlyArray<string>): void {
    for (const name of present) if (!this.#read.has(name) && this.#leftOut.size < most) this.#leftOut.add(name)
  }

  add({ prompt, chosen, rejected, score_chosen, score_rejected, tie }: ForeignPreference): void {
    const counts = this.#counts
    counts.pairs++
    if (tie) counts.ties++
    if (score_chosen !== null && score_rejected !== null && score_chosen < score_rejected) counts.contrary++
    if (prompt === "") counts.emptyPrompts++
    else if (chosen.startsWith(prompt) && rejected.startsWith(prompt)) counts.repeatedPrompts++
    if (chosen === "" || rejected === "") counts.emptyResponses++
  }

  get summary(): ImportSummary {
    return { ...this.#counts, leftOut: [...this.#leftOut] }
  }
}

/** The same in words, one sentence for each thing that a reader of the data may not expect. */
export const describeImport = ({ pairs, leftOut, ...counts }: ImportSummary): ReadonlyArray<string> => {
  const of = (count: number, what: string) => (count === 0 ? [] : [`${count} of ${pairs} pairs ${what}`])
  return [
    ...(leftOut.length === 0 ? [] : [`${leftOut.length} columns were not imported: ${leftOut.join(", ")}`]),
    ...of(counts.ties, "are ties, which train nothing: equal responses or equal scores"),
    ...of(counts.contrary, "have a chosen response with the lower score"),
    ...of(counts.emptyPrompts, "have an empty prompt"),
    ...of(counts.emptyResponses, "have an empty response"),
    ...of(counts.repeatedPrompts, "repeat the prompt at the beginning of both responses: a policy would read it twice"),
  ]
}
