import type { Run } from "assay"
import { match } from "ts-pattern"
import type { VerdictRow } from "../../data/schema/index.ts"
import { measure } from "./estimand.ts"
import { readEvidence } from "./evidence.ts"
import type { Claim, verdicts } from "./verdicts.stage.ts"

export const run: Run<typeof verdicts> = async ({ inputs, parameters, outputs }) => {
  const evidence = await readEvidence(inputs)
  const rows = parameters.claims.map((claim): VerdictRow => {
    const found = measure(claim.effect, evidence)
    return {
      claim: claim.claim,
      measure: claim.effect.measure,
      effect: found?.estimate ?? null,
      low: found?.low ?? null,
      high: found?.high ?? null,
      seeds: found?.seeds ?? 0,
      rule: claim.direction === "within" ? `within ±${claim.threshold}` : `${claim.direction} ${claim.threshold}`,
      verdict: found === undefined ? "undecided" : verdictOf(claim, found.low, found.high),
    }
  })
  await outputs.verdicts.append(rows)
  await outputs.table.write("verdicts.md", markdown(rows))
}

/** By a rule fixed beforehand, from the bounds of the effect alone. */
export const verdictOf = (
  { direction, threshold }: Pick<typeof Claim.Type, "direction" | "threshold">,
  low: number,
  high: number,
): "reproduced" | "not reproduced" | "undecided" => {
  const [holds, fails] = match(direction)
    .with("above", () => [low > threshold, high < threshold])
    .with("below", () => [high < threshold, low > threshold])
    .with("within", () => [low > -threshold && high < threshold, low > threshold || high < -threshold])
    .exhaustive()
  return holds ? "reproduced" : fails ? "not reproduced" : "undecided"
}

/** The table as Markdown; `of` says what each row is about, in a first column, where rows are about several things. */
export const markdown = (rows: ReadonlyArray<VerdictRow & { readonly of?: string }>): string => {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ")
  const several = rows.some(({ of }) => of !== undefined)
  const line = (first: string, rest: string) => (several ? `| ${first} ${rest}` : rest)
  const lines = rows.map(({ of = "", claim, measure, effect, low, high, seeds, rule, verdict }) => {
    const number = effect === null || low === null || high === null ? "—" : `${shown(effect)} [${shown(low)}, ${shown(high)}]`
    return line(cell(of), `| ${cell(claim)} | ${measure} | ${number} | ${seeds} | ${rule} | **${verdict}** |`)
  })
  const head = [
    line("of", "| claim | measure | effect [95 % interval] | seeds | rule | verdict |"),
    line("---", "|---|---|---|---|---|---|"),
  ]
  return [...head, ...lines, ""].join("\n")
}

const shown = (value: number): string => value.toFixed(3).replace("-", "−")
