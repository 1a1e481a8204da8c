/** A run with all of its stages. */

import { Effect } from "effect"
import type { Manifest, StageOutcome, WiredStage } from "../../runtime/index.ts"
import type { Outcome, RunStage, StageInput } from "../api.ts"
import { briefly, type Compared, compare, earlierRun } from "./changes.ts"
import { type ToldStage, toldOf } from "./told.ts"
import { inputsOf, outputsOf, pointOf, type RunView } from "./view.ts"

export const stagesOf = Effect.fnUntraced(function* (view: RunView) {
  const before = yield* earlierRun(view.record)
  const compared = before === null ? null : yield* compare(before, view.record)
  const { stages } = yield* toldOf(view.record.run)
  return view.record.stages.map((stage) => stageOf(view, stage, { compared, told: stages.get(stage.id) }))
})

/** What is known of a stage beside its record; less is said of it where that is not looked up. */
interface Known {
  readonly compared: Compared | null
  readonly told: ToldStage | undefined
}

export const stageOf = (view: RunView, { id, stage, outcome, key, seconds }: StageOutcome, { compared, told }: Known): RunStage => {
  const manifest = view.manifests.get(id)
  const wired = view.wired.get(id)
  return {
    id,
    stage,
    outcome,
    key,
    seconds: secondsOf(outcome, seconds, manifest),
    group: wired?.group ?? id,
    at: pointOf(wired ?? {}),
    inputs:
      wired !== undefined
        ? wiredInputs(wired)
        : manifest === undefined
          ? null
          : inputsOf(view, manifest).map(({ port, from }): StageInput => ({ port, from })),
    outputs: manifest === undefined ? [] : outputsOf(manifest),
    started: told?.started ?? null,
    message: outcome === "failed" ? (told?.failure ?? null) : null,
    because: outcome === "finished" || outcome === "failed" ? reasonOf(id, compared) : null,
  }
}

/** Of a stage that was not begun, the run's record says 0. */
const secondsOf = (outcome: Outcome, seconds: number, manifest: Manifest | undefined): number | null => {
  if (outcome === "cached") return manifest?.seconds ?? null
  return outcome === "finished" || outcome === "failed" || seconds > 0 ? seconds : null
}

const reasonOf = (id: string, compared: Compared | null): string | null => {
  if (compared === null) return "had never run"
  const different = compared.differences.get(id)
  if (different !== undefined) return briefly(different)
  const before = compared.before.stages.find((stage) => stage.id === id)
  if (before === undefined) return "had never run"
  if (compared.difference.same.includes(id)) return "its result was gone"
  if (before.outcome === "failed") return "failed in the run before"
  return before.outcome === "finished" || before.outcome === "cached" ? null : "was not computed in the run before"
}

const wiredInputs = ({ inputs }: WiredStage): ReadonlyArray<StageInput> =>
  inputs.flatMap(({ port, from }) =>
    from.map((source) => ({ port, from: "file" in source ? { file: source.file } : { id: source.id, output: source.output } })),
  )
