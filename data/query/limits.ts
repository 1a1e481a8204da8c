/** How much of an answer is fetched, and how much memory may go into it. */
export interface Limits {
  /** Rows that are fetched. */
  readonly rows: number
  /** Characters of a text, items of a list, that are fetched of one cell. */
  readonly cell: number
  /** What becomes of the rest: it is left out (a cut text ends in "…"), or the query is refused. */
  readonly beyond: "cut" | "refuse"
  /** Bytes of memory that the database may take. */
  readonly memory: number
}

/**
 * Characters of JSON that an answer may have as a whole, where nothing may be left out: it is held
 * in memory several times.
 */
export const mostCharacters = 64 * 2 ** 20

/** All that can be printed as JSON. */
export const whole: Omit<Limits, "memory"> = { rows: 1_000_000, cell: 16 * 2 ** 20, beyond: "refuse" }

/** For a row or a count that Assay itself asks for. */
export const small: Limits = { rows: 1, cell: 2 ** 28, beyond: "refuse", memory: 2 ** 31 }
