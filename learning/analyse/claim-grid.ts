import { type Run, StageError } from "assay"
import type { VerdictRow } from "../../data/schema/index.ts"
import type { claimGrid } from "./claim-grid.stage.ts"
import { formatDifference } from "./figure/number-words.ts"
import { findClaim } from "./find-claim.ts"
import { verdictSign } from "./verdict-table.ts"

export const run: Run<typeof claimGrid> = async ({ inputs, parameters, outputs }) => {
  const { columns, rows } = parameters
  const verdicts = (await Promise.all(inputs.verdicts.map(({ input }) => input.read()))).flat()
  const stranger = rows.flatMap(({ claims }) => Object.keys(claims)).find((column) => !columns.includes(column))
  if (stranger !== undefined)
    throw new StageError("NoSuchColumn", `"claims" expects columns of the table, got "${stranger}". There are: ${columns.join(", ")}.`)
  const lines = rows.map(({ question, claims }) => {
    const cells = columns.map((column) => {
      const claim = claims[column]
      return claim === undefined ? "" : cellOf(findClaim(verdicts, claim))
    })
    return `| ${[question, ...cells].join(" | ")} |`
  })
  const used = new Set(rows.flatMap(({ claims }) => Object.values(claims).map((claim) => findClaim(verdicts, claim).verdict)))
  const legend = Object.entries(verdictSign).flatMap(([verdict, sign]) => (used.has(verdict) ? [`${sign} ${verdict}`] : []))
  const head = [`| | ${columns.join(" | ")} |`, `|---|${columns.map(() => "---").join("|")}|`]
  await outputs.table.write(
    "claims.md",
    `${[...head, ...lines].join("\n")}\n\nEffects with half the width of their 95 % interval. A sign says what came of the row's sentence: ${legend.join(", ")}.\n`,
  )
}

const cellOf = ({ effect, low, high, verdict, detectable }: VerdictRow): string => {
  const sign = verdictSign[verdict] ?? verdict
  if (effect === null || low === null || high === null) return sign
  const found = verdict === "inconclusive" && detectable !== null ? ` (could find ${detectable.toFixed(3)})` : ""
  return `${formatDifference(effect)} ± ${((high - low) / 2).toFixed(3)} ${sign}${found}`
}
