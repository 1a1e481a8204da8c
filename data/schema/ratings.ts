import type { Columns, Row } from "../../dsl/column.ts"

/**
 * A lexicon that people rated: each term with its `mean` valence as the lexicon states it and with
 * the ratings of ten people, from −4 (most negative) to 4 (most positive). The third rating of one
 * term need not be of the person who gave the third of another.
 */
export const ratings = {
  /** A word or phrase of the lexicon. */
  term: "utf8",
  /** Its valence as the lexicon states it, from −4 to 4. */
  mean: "float64",
  /** The ratings of ten people, from −4 to 4. */
  ratings: "list<int32>",
} as const satisfies Columns

export type RatingRow = Row<typeof ratings>
