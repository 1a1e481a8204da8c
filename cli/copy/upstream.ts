import { Effect } from "effect"
import { artifactLineage, Results, type RunRecord } from "../../runtime/index.ts"
import type { StageResult } from "../stage-result.ts"

/** The result of an output and all results that it was made from, in the order of the pipeline. */
export const upstreamResults = Effect.fnUntraced(function* (record: RunRecord, { manifest }: StageResult, output: string) {
  const manifests = yield* (yield* Results).of(record)
  const ancestors = yield* artifactLineage(record, manifest.outputs[output]?.digest ?? "")
  const keys = new Set(ancestors.flatMap(({ from }) => (from === null ? [] : [from.result.key])))
  return [...manifests].flatMap(([id, result]): ReadonlyArray<StageResult> => (keys.has(result.key) ? [{ id, manifest: result }] : []))
})
