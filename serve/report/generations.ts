/** A sample of what policies wrote, side by side. */

import { Effect } from "effect"
import type { GenerationOrder, GenerationSource, ResponseSet } from "../api.ts"
import { generationsOf, responseSetsOf, sourcesOf, usualOpponent } from "../generations/generations.ts"
import type { RunView } from "../runs/view.ts"
import type { ReportGenerations } from "./data.ts"

/** Prompts of each sample. */
const perSample = 8

/** The first two arms of a run that were evaluated, or else the first texts that it has. */
export const sampleGenerations = Effect.fnUntraced(function* (view: RunView) {
  const chosen = chooseSources(sourcesOf(view), view)
  if (chosen.length === 0) return null
  const asked = yield* Effect.forEach(chosen, requestOf)
  const isCompared = chosen.length > 1 && chosen.every(({ artifact }) => artifact === "evaluation")
  const orders: ReadonlyArray<readonly [GenerationOrder, string]> = [
    ["prompt", "The first prompts, as they come"],
    ...(isCompared ? [["gain", "Where the second gains most over the first"] as const] : []),
    ...(isCompared ? [["disagreement", "Where gold and proxy disagree most"] as const] : []),
  ]
  const samples = yield* Effect.forEach(orders, ([order, name]) =>
    Effect.map(generationsOf(view.record, { responseSets: asked.map(({ set }) => set), order, offset: 0, limit: perSample }), (page) => ({
      name,
      page,
    })),
  )
  const generations: ReportGenerations = {
    sets: asked.map(({ label, set: { key, output } }, index) => ({
      label,
      table: { key, output },
      artifact: (chosen[index] as GenerationSource).artifact,
    })),
    samples: samples.filter(({ page }) => page.total > 0),
  }
  return generations.samples.length === 0 ? null : generations
})

/** The last checkpoint, against what training began with. */
const requestOf = Effect.fnUntraced(function* ({ id, key, output, artifact }: GenerationSource) {
  const { steps, against } = yield* responseSetsOf({ key, output })
  const step = artifact === "preferences" ? undefined : steps.at(-1)
  const opponent = usualOpponent(against)
  const set: ResponseSet = {
    key,
    output,
    ...(step === undefined ? {} : { step }),
    ...(opponent === undefined ? {} : { against: opponent }),
  }
  return { label: step === undefined ? id : `${id} at step ${step}`, set }
})

const chooseSources = (sources: ReadonlyArray<GenerationSource>, { wired }: RunView): ReadonlyArray<GenerationSource> => {
  const evaluations = sources.filter(({ artifact }) => artifact === "evaluation")
  const [first] = evaluations
  if (first === undefined) return sources.slice(0, 1)
  const groupOf = ({ id }: GenerationSource) => wired.get(id)?.group ?? id
  const second = evaluations.find((other) => groupOf(other) !== groupOf(first) && JSON.stringify(other.at) === JSON.stringify(first.at))
  const compared = second === undefined ? [first] : [first, second]
  const given = (id: string) =>
    (wired.get(id)?.inputs ?? []).flatMap(({ from }) => from.flatMap((source) => ("id" in source ? [source.id] : [])))
  // Answers that both were compared with.
  const answers = sources.find(({ artifact, id }) => artifact === "responses" && compared.every((each) => given(each.id).includes(id)))
  return answers === undefined ? compared : [...compared, answers]
}
