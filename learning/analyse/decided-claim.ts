import type { InputMember } from "assay"
import type { Columns, Row } from "../../dsl/column.ts"
import type { Verdicts } from "../artifacts.ts"
import { armName } from "./runs.ts"

/** What figures and tables of claims read of a table of verdicts. */
export const decidedClaims = {
  /** The claim as it was written. */
  claim: "utf8",
  /** "primary", "exploratory" or "check". */
  family: "utf8",
  /** What was estimated, in words. */
  measure: "utf8",
  /** The name of the opponent, where the quantity is a win rate. */
  against: "utf8?",
  /** KL to the reference at which arms are compared, in nats. */
  kl: "float64?",
  /** The estimate, in the unit of the quantity. */
  effect: "float64?",
  /** Lower bound of its 95 % interval. */
  low: "float64?",
  /** Upper bound of its 95 % interval. */
  high: "float64?",
  /** The smallest true difference from the threshold that would have been found with power 0.8. */
  detectable: "float64?",
  /** Two-sided p-value of the test that supports the claim. */
  p: "float64?",
  /** The same, adjusted for the other claims of its family. */
  p_adjusted: "float64?",
  /** The direction and threshold that were fixed beforehand: "above 0", "within ±0.03". */
  rule: "utf8",
  /** δ: a smaller difference beyond the threshold is negligible. */
  margin: "float64?",
  /** Number of worlds. */
  worlds: "int32",
  /** Number of seeds of an arm in each world. */
  seeds: "int32",
  /** "supported", "negligible", "opposite", "inconclusive" or "not measurable". */
  verdict: "utf8",
  /** Why the claim is not measurable. */
  reason: "utf8?",
} as const satisfies Columns

/** A claim and what became of it. */
export type DecidedClaim = Row<typeof decidedClaims>

/** A claim of one of several tables: `of` names the table, such as its task. */
export type ClaimOf = DecidedClaim & { readonly of?: string }

/** Reads tables of verdicts; where there are several, each claim says which it is of. */
export const readClaims = async (members: ReadonlyArray<InputMember<typeof Verdicts>>): Promise<ReadonlyArray<ClaimOf>> => {
  const tables = await Promise.all(
    members.map(async ({ path, at, input }) => {
      const rows: ReadonlyArray<object> = await input.read()
      const of = members.length > 1 ? { of: armName(path, at) } : {}
      return rows.map((row) => ({ ...(row as DecidedClaim), ...of }))
    }),
  )
  return tables.flat()
}
