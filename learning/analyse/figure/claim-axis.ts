/** The titles of axes that claims are drawn on: quantities of one unit share one. */
const titles = {
  difference: "difference in win rate or accuracy",
  level: "win rate or accuracy",
  slope: "slope",
  likelihood: "change of log-likelihood (nats)",
}

const levels = new Set(["win rate", "peak", "accuracy"])
const slopes = new Set(["slope of the gap", "slope at the end", "win rate by accuracy"])

/** Whether a quantity is a share, which ½ stands in the middle of, and not a difference. */
export const isLevel = (measure: string): boolean => levels.has(measure)

/** The title of the axis for a claim's `measure`. */
export const axisTitleOf = (measure: string): string =>
  isLevel(measure) ? titles.level : slopes.has(measure) ? titles.slope : measure.includes("change") ? titles.likelihood : titles.difference

/** A rule that was read back from a table of verdicts, in the unit of its quantity. */
export interface ClaimRule {
  readonly threshold: number
  /** Differences that count as none, around the threshold; undefined where there are none. */
  readonly band: readonly [number, number] | undefined
}

/** Reads "above 0", "below -0.02" or "within ±0.03", with the margin δ beside it. */
export const readRule = ({ rule, margin }: { readonly rule: string; readonly margin: number | null }): ClaimRule => {
  const [, direction = "", amount = "0"] = /^(above|below|within) ±?(\S+)$/.exec(rule) ?? []
  const value = Number(amount.replace("−", "-"))
  if (direction === "within") return { threshold: 0, band: [-value, value] }
  return { threshold: value, band: margin === null ? undefined : [value - margin, value + margin] }
}
