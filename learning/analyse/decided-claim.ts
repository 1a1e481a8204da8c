/** A claim and what became of it: one row of a table of verdicts. */
export interface DecidedClaim {
  /** The claim as it was written. */
  readonly claim: string
  /** "primary", "exploratory" or "check". */
  readonly family: string
  /** What was estimated, in words. */
  readonly measure: string
  /** The name of the opponent, where the quantity is a win rate. */
  readonly against: string | null
  /** KL to the reference at which arms are compared, in nats. */
  readonly kl: number | null
  /** The estimate, in the unit of the quantity, with the bounds of its 95 % interval. */
  readonly effect: number | null
  readonly low: number | null
  readonly high: number | null
  /** The smallest true difference from the threshold that would have been found with power 0.8. */
  readonly detectable: number | null
  readonly p: number | null
  /** The same, adjusted for the other claims of the family. */
  readonly p_adjusted: number | null
  /** The direction and threshold that were fixed beforehand: "above 0", "within ±0.03". */
  readonly rule: string
  /** δ: a smaller difference beyond the threshold is negligible. */
  readonly margin: number | null
  readonly worlds: number
  /** Seeds of an arm in each world. */
  readonly seeds: number
  /** "supported", "negligible", "opposite", "inconclusive" or "not measurable". */
  readonly verdict: string
  /** Why the claim is not measurable. */
  readonly reason: string | null
}

/** A claim of one of several tables: `of` names the table, such as its task. */
export type ClaimOf = DecidedClaim & { readonly of?: string }
