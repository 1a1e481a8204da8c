import type { ClaimOf } from "../read-claims.ts"
import { verdictSign } from "../verdict-table.ts"
import { isLevel, readRule } from "./claim-axis.ts"
import { formatCounts, formatDifference } from "./number-words.ts"

/** "+0.052 [+0.032, +0.072]"; shares without a sign; empty where nothing was estimated. */
export const formatEffect = ({ measure, effect, low, high }: ClaimOf): string => {
  const format = isLevel(measure) ? (value: number) => value.toFixed(3) : formatDifference
  return effect === null || low === null || high === null ? "" : `${format(effect)} [${format(low)}, ${format(high)}]`
}

export const formatP = ({ p_adjusted }: ClaimOf): string =>
  p_adjusted === null ? "" : p_adjusted < 0.001 ? "< 0.001" : p_adjusted.toFixed(3)

/** The verdict with its sign, or what could have been found. */
export const formatVerdict = ({ verdict, detectable }: ClaimOf): string => {
  const sign = verdictSign[verdict] ?? ""
  return verdict === "inconclusive" && detectable !== null ? `${sign} could find ${detectable.toFixed(3)}` : `${sign} ${verdict}`
}

/** A claim for screen readers. */
export const describeClaim = (row: ClaimOf): string =>
  `${row.of === undefined ? "" : `${row.of}: `}${row.claim}: ${formatEffect(row)}, ${row.verdict}`

/** What the caption says of bars, bands and dotted lines, as far as there are any. */
export const forestCaption = (claims: ReadonlyArray<ClaimOf>): string => {
  const measured = claims.filter(({ worlds }) => worlds > 0)
  const [worlds, seeds] = [measured.map((row) => row.worlds), measured.map((row) => row.seeds)]
  const has = (what: (claim: ClaimOf) => boolean) => claims.some(what)
  const sentences = [
    measured.length > 0 ? `Bars: 95 % intervals over ${formatCounts(worlds, "world")} of ${formatCounts(seeds, "seed")}.` : "",
    has((claim) => readRule(claim).band !== undefined) ? "Grey: differences that count as none." : "",
    has((claim) => readRule(claim).threshold !== middleOf(claim)) ? "Dotted: the threshold of a claim." : "",
    has(({ verdict }) => verdict === "inconclusive") ? '"Could find": the smallest effect that has a chance of 80 % to be found.' : "",
  ]
  return sentences.filter((sentence) => sentence !== "").join(" ")
}

/** Where neither side is ahead: ½ of shares, 0 of differences. */
export const middleOf = ({ measure }: Pick<ClaimOf, "measure">): number => (isLevel(measure) ? 0.5 : 0)
