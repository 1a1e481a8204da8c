import type { Run } from "assay"
import { match } from "ts-pattern"
import type { VerdictRow } from "../../data/schema/index.ts"
import { estimate } from "./estimand.ts"
import { readEvidence } from "./evidence.ts"
import type { Claim, verdicts } from "./verdicts.stage.ts"

export const run: Run<typeof verdicts> = async ({ inputs, parameters, outputs }) => {
  const evidence = await readEvidence(inputs)
  const rows = parameters.claims.map(({ claim, estimand, direction, threshold }): VerdictRow => {
    const result = estimate(estimand, evidence)
    return {
      claim,
      measure: estimand.quantity,
      effect: result?.estimate ?? null,
      low: result?.low ?? null,
      high: result?.high ?? null,
      seeds: result?.seeds ?? 0,
      rule: direction === "within" ? `within ±${threshold}` : `${direction} ${threshold}`,
      verdict: result === undefined ? "undecided" : reachVerdict({ direction, threshold }, result),
    }
  })
  await outputs.verdicts.append(rows)
  await outputs.table.write("verdicts.md", toMarkdown(rows))
}

/** Applies a claim's rule to the bounds of its estimate alone. */
export const reachVerdict = (
  { direction, threshold }: Pick<Claim, "direction" | "threshold">,
  { low, high }: { readonly low: number; readonly high: number },
): "reproduced" | "not reproduced" | "undecided" => {
  const [holds, fails] = match(direction)
    .with("above", () => [low > threshold, high < threshold])
    .with("below", () => [high < threshold, low > threshold])
    .with("within", () => [low > -threshold && high < threshold, low > threshold || high < -threshold])
    .exhaustive()
  return holds ? "reproduced" : fails ? "not reproduced" : "undecided"
}

/**
 * Writes verdicts as a Markdown table. Where rows are about several things, `of` names what each is
 * about, in a first column.
 */
export const toMarkdown = (rows: ReadonlyArray<VerdictRow & { readonly of?: string }>): string => {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ")
  const hasOf = rows.some(({ of }) => of !== undefined)
  const line = (first: string, rest: string) => (hasOf ? `| ${first} ${rest}` : rest)
  const lines = rows.map(({ of = "", claim, measure, effect, low, high, seeds, rule, verdict }) => {
    const interval =
      effect === null || low === null || high === null ? "—" : `${formatNumber(effect)} [${formatNumber(low)}, ${formatNumber(high)}]`
    return line(cell(of), `| ${cell(claim)} | ${measure} | ${interval} | ${seeds} | ${rule} | **${verdict}** |`)
  })
  const head = [
    line("of", "| claim | measure | effect [95 % interval] | seeds | rule | verdict |"),
    line("---", "|---|---|---|---|---|---|"),
  ]
  return [...head, ...lines, ""].join("\n")
}

const formatNumber = (value: number): string => value.toFixed(3).replace("-", "−")
