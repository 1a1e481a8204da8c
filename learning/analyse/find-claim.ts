import { StageError } from "assay"
import type { VerdictRow } from "../../data/schema/index.ts"

/**
 * Finds the verdict on a claim by its text. Throws a StageError `NoSuchClaim` unless there is one.
 */
export const findClaim = (rows: ReadonlyArray<VerdictRow>, claim: string): VerdictRow => {
  const found = rows.filter((row) => row.claim === claim)
  const [first] = found
  if (first !== undefined && found.length === 1) return first
  throw new StageError(
    "NoSuchClaim",
    `"claim" expects the text of one claim, got "${claim}", which ${found.length === 0 ? "none has" : `${found.length} have`}. There are: ${[...new Set(rows.map((row) => row.claim))].join("; ")}.`,
  )
}
