import { StageError } from "assay"
import type { PreferenceRow } from "../../data/schema/index.ts"
import { permutation } from "../../engine/random/philox.ts"

/** The pairs that are not ties: what a learner learns from. */
export const withoutTies = (rows: ReadonlyArray<PreferenceRow>): ReadonlyArray<PreferenceRow> => rows.filter(({ tie }) => !tie)

/**
 * A fraction of the rows with the highest values, equals chosen between at random, in the order
 * that they had. Throws a StageError `TooLittleData` where the fraction is less than a row.
 */
export const takeHighest = (
  rows: ReadonlyArray<PreferenceRow>,
  values: ReadonlyArray<number>,
  { fraction, seed }: { readonly fraction: number; readonly seed: number },
): ReadonlyArray<PreferenceRow> => {
  const count = Math.round(fraction * rows.length)
  if (count === 0) {
    throw new StageError(
      "TooLittleData",
      `of ${rows.length} pairs that are not ties, a fraction of ${fraction} is none; ask for a larger fraction`,
      {
        pairs: rows.length,
        fraction,
      },
    )
  }
  const order = [...permutation(rows.length, seed, "pairs of a subset")].sort((a, b) => (values[b] as number) - (values[a] as number))
  const indices = order.slice(0, count).sort((a, b) => a - b)
  return indices.map((index) => rows[index] as PreferenceRow)
}

/** The same where the lowest may be wanted. */
export const takeRanked = (
  rows: ReadonlyArray<PreferenceRow>,
  values: ReadonlyArray<number>,
  { keep, ...options }: { readonly keep: "highest" | "lowest"; readonly fraction: number; readonly seed: number },
): ReadonlyArray<PreferenceRow> => takeHighest(rows, keep === "highest" ? values : values.map((value) => -value), options)
