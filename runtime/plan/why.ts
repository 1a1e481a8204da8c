import { Effect } from "effect"
import { nearest } from "../../data/nearest.ts"
import { canonicalJson } from "../../dsl/canonical.ts"
import { UnknownStage } from "../error.ts"
import { fingerprintCode } from "../fingerprint/graph-code.ts"
import { changedFiles } from "../fingerprint/pin.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"
import { CodeFiles } from "../store/code/files.ts"
import { type PlannedStage, planGraph } from "./plan.ts"

/** A planned stage, with what is not a reason to run it. */
export interface Explained extends PlannedStage {
  /** The components of its fingerprint that are what they were. */
  readonly same: ReadonlyArray<string>
  /** Files that were edited since, though not in any code that the stage reaches. */
  readonly harmless: ReadonlyArray<string>
}

/** What a run would do with one stage, and why. */
export const why = Effect.fn("why")(function* (loaded: LoadedPipeline, id: string) {
  const found = yield* resolveStage(
    loaded.graph.stages.map((stage) => stage.id),
    id,
  )
  const codeFiles = yield* CodeFiles
  const graphCode = yield* fingerprintCode(loaded.graph)
  const { stages } = yield* planGraph(loaded.graph, graphCode)
  const planned = stages.find((stage) => stage.id === found) as PlannedStage
  const stage = loaded.graph.stages.find((stage) => stage.id === found)
  const { last } = planned
  const current = new Map(planned.vector.map(({ component, value }) => [component, value]))
  const then = last?.source === undefined ? null : codeFiles.list(last.source.files)
  const isSameCode =
    stage !== undefined &&
    last?.source?.code === graphCode.codeDigest(stage) &&
    !planned.because.some(({ component }) => component.startsWith("plugins."))
  const explained: Explained = {
    ...planned,
    same: (last?.vector ?? []).flatMap(({ component, value }) =>
      current.has(component) && canonicalJson(current.get(component)) === canonicalJson(value) ? [component] : [],
    ),
    harmless: stage !== undefined && isSameCode && then !== null ? changedFiles(then, graphCode.files(stage).list) : [],
  }
  return explained
})

/** The id itself, if a stage has it. */
export const resolveStage = (known: ReadonlyArray<string>, wanted: string): Effect.Effect<string, UnknownStage> => {
  if (known.includes(wanted)) return Effect.succeed(wanted)
  const candidates = nearest(known, wanted)
  const hint = candidates.length > 0 ? `did you mean ${candidates.join(", ")}?` : "`assay plan` lists the stages"
  return Effect.fail(new UnknownStage({ wanted, candidates, message: `stage "${wanted}" was not found: ${hint}` }))
}
