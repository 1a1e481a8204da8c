import { formatDifference } from "./figure/number-words.ts"
import type { ClaimOf } from "./read-claims.ts"

/**
 * Writes what could not be decided as Markdown: of each inconclusive claim its estimate with half
 * the width of its 95 % interval, what could have been found, and how many runs would find
 * `target`, fewest first within each family; then the claims that are not measurable, with the
 * reason. The target of a claim with a margin is that margin; changes of log-likelihood without one
 * have none.
 */
export const undecidedTable = (claims: ReadonlyArray<ClaimOf>, target: number): string => {
  const inconclusive = inOrder(
    claims.filter(({ verdict }) => verdict === "inconclusive").map((claim) => ({ claim, needs: needsOf(claim, target) })),
  )
  const unmeasured = claims.filter(({ verdict }) => verdict === "not measurable")
  if (inconclusive.length + unmeasured.length === 0) return "Every claim was decided.\n"
  const hasOf = claims.some(({ of }) => of !== undefined)
  const line = (of: string, rest: string) => (hasOf ? `| ${of} ${rest}` : rest)
  const table = [
    line("of", "| claim | family | effect ± half-width | could find | target | with | would need |"),
    line("---", "|---|---|---|---|---|---|---|"),
    ...inconclusive.map(({ claim, needs }) => line(cell(claim.of ?? ""), cells(claim, needs))),
    "",
    explanation,
  ]
  const list = [
    "Not measurable:",
    "",
    ...unmeasured.map(({ of, claim, reason }) => `- ${of === undefined ? "" : `${of}: `}${claim}${reason === null ? "" : ` (${reason})`}`),
  ]
  return `${[...(inconclusive.length > 0 ? table : []), ...(unmeasured.length > 0 ? [...(inconclusive.length > 0 ? [""] : []), ...list] : [])].join("\n")}\n`
}

/** Beyond this many runs of an arm a number of worlds means nothing. */
const mostRuns = 1000

const explanation =
  '"Could find" is the smallest effect that has a chance of 80 % to be found. To first order it shrinks as 1/√(worlds × seeds); ' +
  "seeds help less than that where worlds differ, and neither helps beyond what the prompts allow."

/** How many runs of an arm a claim has, and how many would find its target. */
interface Needs {
  readonly target: number
  readonly runs: number
}

/**
 * Computes worlds × seeds that would find the target: detectable effects shrink as 1/√runs.
 * Undefined where the table does not say what could have been found.
 */
export const needsOf = ({ measure, detectable, margin, worlds, seeds }: ClaimOf, target: number): Needs | undefined => {
  const isInNats = measure.includes("change")
  if (margin === null && isInNats) return undefined
  const aim = margin ?? target
  return detectable === null ? undefined : { target: aim, runs: Math.ceil(worlds * seeds * (detectable / aim) ** 2 - 1e-9) }
}

const families = ["primary", "exploratory", "check"]

const inOrder = <T extends { readonly claim: ClaimOf; readonly needs: Needs | undefined }>(claims: ReadonlyArray<T>): ReadonlyArray<T> =>
  [...claims].sort(
    (a, b) =>
      families.indexOf(a.claim.family) - families.indexOf(b.claim.family) ||
      (a.needs?.runs ?? Number.MAX_SAFE_INTEGER) - (b.needs?.runs ?? Number.MAX_SAFE_INTEGER),
  )

const cells = (row: ClaimOf, needs: Needs | undefined): string => {
  const { claim, family, effect, low, high, detectable, worlds, seeds } = row
  const estimate = effect === null || low === null || high === null ? "—" : `${formatDifference(effect)} ± ${((high - low) / 2).toFixed(3)}`
  const could = detectable === null ? "—" : detectable.toFixed(3)
  return `| ${cell(claim)} | ${family} | ${estimate} | ${could} | ${needs?.target ?? "—"} | ${inWords(worlds, seeds)} | ${formatNeeds(row, needs)} |`
}

const formatNeeds = ({ worlds, seeds }: ClaimOf, needs: Needs | undefined): string => {
  if (needs === undefined) return "—"
  if (needs.runs > mostRuns) return `more than ${mostRuns.toLocaleString("en-US")} runs: this design cannot tell`
  if (needs.runs <= worlds * seeds) return "no more: the effect is near the edge of its rule"
  const byWorlds = inWords(Math.ceil(needs.runs / seeds), seeds)
  const bySeeds = inWords(worlds, Math.ceil(needs.runs / worlds))
  return worlds === 1 ? bySeeds : `${byWorlds}, or ${bySeeds}`
}

const inWords = (worlds: number, seeds: number): string =>
  `${worlds} world${worlds === 1 ? "" : "s"} × ${seeds} seed${seeds === 1 ? "" : "s"}`

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")
