import { type Run, StageError } from "assay"
import type { VerdictRow } from "../../data/schema/index.ts"
import { formatDifference } from "./figure/number-words.ts"
import { findClaim } from "./find-claim.ts"
import type { findings } from "./findings.stage.ts"

export const run: Run<typeof findings> = async ({ inputs, parameters, outputs }) => {
  const rows = (await Promise.all(inputs.verdicts.map(({ input }) => input.read()))).flat()
  const sentences = parameters.findings.map(({ claim, sentences: byVerdict }) => {
    const row = findClaim(rows, claim)
    const sentence = byVerdict[row.verdict]
    if (sentence === undefined)
      throw new StageError(
        "NoSentence",
        `"sentences" of the claim "${claim}" expects one for its verdict "${row.verdict}", got ${Object.keys(byVerdict).join(", ") || "none"}`,
      )
    return fillIn(sentence, row)
  })
  await outputs.text.write("findings.md", `${sentences.join(" ")}\n`)
}

const fillIn = (sentence: string, { effect, low, high, detectable, reason }: VerdictRow): string => {
  const values: Readonly<Record<string, string>> = {
    effect: signed(effect),
    low: signed(low),
    high: signed(high),
    detectable: detectable === null ? "—" : detectable.toFixed(3),
    reason: reason ?? "—",
  }
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}

const signed = (value: number | null): string => (value === null ? "—" : formatDifference(value))
