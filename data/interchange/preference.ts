import type { ForeignRecord } from "./record.ts"

/**
 * What foreign formats say of a pair. `prompt` is without the response and has no space at its end;
 * a response brings its own at its beginning.
 */
export interface ForeignPreference {
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
  /** Scores of the two, where the format has them. */
  readonly score_chosen: number | null
  readonly score_rejected: number | null
  /** Whether nothing tells the two apart: they are the same text, or have the same score. */
  readonly tie: boolean
}

/** A format of preferences: how one record says what was preferred to what. */
export interface PreferenceFormat {
  /** The columns that it looks at. */
  readonly columns: ReadonlyArray<string>
  /** Those of them that every file has, as an error message shows them. */
  readonly needed: ReadonlyArray<string>
  /**
   * What is wrong with a file of these columns, in words that complete "the file …"; undefined if
   * nothing is.
   */
  readonly refuses?: (present: ReadonlyArray<string>) => string | undefined
  /** Who judged the pairs, as the column `source` says it. */
  readonly source: string
  /**
   * A reader for the records of one file, in order. It throws the record's own fault where one is
   * not in the format.
   */
  readonly open: () => (record: ForeignRecord) => ForeignPreference
}

export const preference = (
  prompt: string,
  chosen: string,
  rejected: string,
  score_chosen: number | null = null,
  score_rejected: number | null = null,
): ForeignPreference => ({
  prompt,
  chosen,
  rejected,
  score_chosen,
  score_rejected,
  tie: chosen === rejected || (score_chosen !== null && score_chosen === score_rejected),
})
