import { type Run, StageError } from "assay"
import type { PreferenceRow } from "../../data/schema/index.ts"
import { printKept } from "../judge/labels.ts"
import type { bestOfN } from "./best-of-n.stage.ts"

export const run: Run<typeof bestOfN> = async ({ inputs, outputs }) => {
  const byPrompt = new Map<string, Array<PreferenceRow>>()
  for (const row of await inputs.preferences.read()) {
    const pairs = byPrompt.get(row.prompt)
    if (pairs === undefined) byPrompt.set(row.prompt, [row])
    else pairs.push(row)
  }
  await outputs.preferences.append([...byPrompt.values()].map(extremes))
  printKept(byPrompt.size, inputs.preferences.rows)
}

/**
 * The pair of the best and the worst response; the first pair where no response has more wins than
 * another.
 */
const extremes = (pairs: ReadonlyArray<PreferenceRow>): PreferenceRow => {
  const between = new Map(pairs.filter(({ chosen, rejected }) => chosen !== rejected).map((pair) => [pairKey(pair), pair]))
  const points = new Map<string, number>()
  const add = (response: string, won: number) => points.set(response, (points.get(response) ?? 0) + won)
  for (const { chosen, rejected, tie } of between.values()) {
    add(chosen, tie ? 0.5 : 1)
    add(rejected, tie ? 0.5 : 0)
  }
  const { prompt } = pairs[0] as PreferenceRow
  if (between.size !== (points.size * (points.size - 1)) / 2)
    throw new StageError("NotAllPairs", `${JSON.stringify(prompt)} lacks pairs of its ${points.size} responses; label all of them`, {
      prompt,
    })
  const won = [...points.values()]
  const [most, least] = [Math.max(...won), Math.min(...won)]
  if (won.length === 0 || most === least) return pairs[0] as PreferenceRow
  const first = (wanted: number) => [...points.keys()].find((response) => points.get(response) === wanted) as string
  return between.get(pairKey({ chosen: first(most), rejected: first(least) })) as PreferenceRow
}

/** The same for the two orders of a pair. */
const pairKey = ({ chosen, rejected }: Pick<PreferenceRow, "chosen" | "rejected">): string => JSON.stringify([chosen, rejected].sort())
