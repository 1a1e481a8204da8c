/** What came out, above a figure: where claims were decided from the evaluations that it shows. */

import { Effect } from "effect"
import { openRunTable, Queries, runTables } from "../../runtime/index.ts"
import type { RunView } from "../runs/view.ts"

/** Figures whose own titles say what came out. */
const saysItself: ReadonlySet<string> = new Set(["forest", "gap-over-kl", "gap-decomposition"])

const words = ["supported", "negligible", "opposite", "inconclusive", "not measurable"] as const

/**
 * Says what became of the claims that were decided from the same evaluations as a figure shows; of
 * one claim, which it is. Null where there are none, and where the figure says it itself.
 */
export const headlineOf = Effect.fn("headlineOf")(function* (view: RunView, id: string) {
  const { stages } = view.record
  if (saysItself.has(stages.find((stage) => stage.id === id)?.stage ?? "")) return null
  const shown = evaluationsOf(view, id)
  const deciding = shown === "" ? [] : stages.filter((stage) => stage.stage === "verdicts" && evaluationsOf(view, stage.id) === shown)
  if (deciding.length === 0) return null
  const { query } = yield* Queries
  const decided: Array<readonly [claim: string, verdict: string]> = []
  for (const table of yield* runTables(view.record)) {
    const parts = table.parts.filter((part) => deciding.some((stage) => stage.id === part.id))
    if (table.artifact !== "verdicts" || parts.length === 0) continue
    const views = { artifact: yield* openRunTable({ ...table, parts }) }
    const limits = { rows: 10_000, cell: 1000, beyond: "cut" } as const
    const { rows } = yield* query(views, "SELECT claim, verdict FROM artifact WHERE family <> 'check'", limits)
    decided.push(...rows.map(([claim, verdict]): readonly [string, string] => [String(claim), String(verdict)]))
  }
  return sentence(decided)
})

/** The evaluations that a stage was given, as text. */
const evaluationsOf = ({ wired }: RunView, id: string): string =>
  (wired.get(id)?.inputs ?? [])
    .flatMap(({ port, from }) =>
      port === "evaluations" ? from.flatMap((source) => ("id" in source ? [`${source.id} ${source.output}`] : [])) : [],
    )
    .sort()
    .join("\n")

const sentence = (decided: ReadonlyArray<readonly [claim: string, verdict: string]>): string | null => {
  const [only] = decided
  if (only === undefined) return null
  if (decided.length === 1) return `${only[0]}: ${only[1]}`
  const counts = words.flatMap((word) => {
    const count = decided.filter(([, verdict]) => verdict === word).length
    return count === 0 ? [] : [`${count} ${word}`]
  })
  return `${decided.length} claims: ${counts.join(", ")}`
}
