import type { VerdictRow } from "../../data/schema/index.ts"

/** The sign that stands for a verdict where there is little room. */
export const verdictSign: Readonly<Record<string, string>> = {
  supported: "▲",
  negligible: "≈",
  opposite: "▼",
  inconclusive: "?",
  "not measurable": "–",
}

/**
 * Writes verdicts as Markdown: a table for each family, primary claims first. Where rows are about
 * several things, `of` names what each is about, in a first column.
 */
export const verdictTable = (rows: ReadonlyArray<VerdictRow & { readonly of?: string }>): string => {
  const hasOf = rows.some(({ of }) => of !== undefined)
  const line = (first: string, rest: string) => (hasOf ? `| ${first} ${rest}` : rest)
  const head = [line("of", "| claim | effect [95 % interval] | rule | p, adjusted | verdict |"), line("---", "|---|---|---|---|---|")]
  const families = headings.filter(([family]) => rows.some((row) => row.family === family))
  return families
    .flatMap(([family, heading]) => [
      ...(families.length > 1 ? [`**${heading}**`, ""] : []),
      ...head,
      ...rows.filter((row) => row.family === family).map((row) => line(cell(row.of ?? ""), cells(row))),
      "",
    ])
    .join("\n")
}

const headings = [
  ["primary", "Primary claims (Holm)"],
  ["exploratory", "Exploratory claims (Benjamini and Hochberg)"],
  ["check", "Checks"],
] as const

const cells = ({ claim, effect, low, high, rule, margin, p_adjusted, verdict, detectable, reason }: VerdictRow): string => {
  const interval =
    effect === null || low === null || high === null ? "—" : `${formatNumber(effect)} [${formatNumber(low)}, ${formatNumber(high)}]`
  const because =
    verdict === "inconclusive" && detectable !== null
      ? `: could find ${formatNumber(detectable)}`
      : reason === null
        ? ""
        : `: ${cell(reason)}`
  const rules = margin === null ? rule : `${rule}, δ ${margin}`
  const p = p_adjusted === null ? "—" : p_adjusted < 0.001 ? "< 0.001" : formatNumber(p_adjusted)
  return `| ${cell(claim)} | ${interval} | ${rules} | ${p} | ${verdictSign[verdict] ?? ""} **${verdict}**${because} |`
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

const formatNumber = (value: number): string => value.toFixed(3).replace("-", "−")
