import type { LeaveOut } from "./left-out.ts"
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
  /** The share of annotators who preferred `chosen`, where there are several; a tie counts half. */
  readonly p_chosen: number | null
  /** Whether nothing tells the two apart: the format says so, or text or scores are the same. */
  readonly tie: boolean
  /** How many annotators there were, and whether they all said the same. */
  readonly annotators?: { readonly count: number; readonly agree: boolean }
}

/** A format of preferences: how the records of a file say what was preferred to what. */
export interface PreferenceFormat {
  /** The columns that it looks at. */
  readonly columns: ReadonlyArray<string>
  /** Those of them that every record has. */
  readonly needed: ReadonlyArray<string>
  /**
   * What is wrong with a file of these columns, in words that complete "the file …"; undefined if
   * nothing is.
   */
  readonly refuses?: (present: ReadonlyArray<string>) => string | undefined
  /** Who judged the pairs, as the column `source` says it. */
  readonly source: string
  /** A reader for the records of one file, in order. */
  readonly open: (leave: LeaveOut) => PreferenceReader
}

/** Reads the records of one file. */
export interface PreferenceReader {
  /**
   * The pairs of which this record is the last. Throws the record's own fault where one is not in
   * the format, and a LeftOut where the format leaves it out.
   */
  readonly read: (record: ForeignRecord) => ReadonlyArray<ForeignPreference>
  /** The remaining pairs, asked for after the last record. */
  readonly end?: () => ReadonlyArray<ForeignPreference>
}

/** A reader of records that are a pair each. */
export const readOnePairEach = (read: (record: ForeignRecord) => ForeignPreference): PreferenceReader => ({
  read: (record) => [read(record)],
})

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
  p_chosen: null,
  tie: chosen === rejected || (score_chosen !== null && score_chosen === score_rejected),
})
