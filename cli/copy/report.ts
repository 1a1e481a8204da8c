import * as path from "node:path"
import { Effect } from "effect"
import { artifactLineage, Results, type RunRecord } from "../../runtime/index.ts"
import { formatKeys, formatProvenance, keysFile } from "../print/provenance.ts"
import type { StageResult } from "../stage-result.ts"
import { copyOutput, refuseExisting, writeText } from "./artifact.ts"

/**
 * The part of a report that is filled in per run, because the stage that writes the report does not
 * know the run.
 */
const placeholder = /(<!-- run -->)[\s\S]*?(<!-- \/run -->)/

/**
 * Copies a report to a folder, as `copyOutput` does, fills its provenance into its Markdown, and
 * writes a table of the keys of all results that it was made from.
 */
export const copyReport = Effect.fnUntraced(function* (record: RunRecord, result: StageResult, output: string, folder: string) {
  const keysPath = path.join(folder, keysFile)
  yield* refuseExisting(keysPath)
  const results = yield* upstreamResults(record, result, output)
  const provenance = formatProvenance(record, result, results)
  const fillIn = (text: string) => text.replace(placeholder, (_, open, close) => `${open}\n${provenance}\n${close}`)
  const copied = yield* copyOutput({ manifest: result.manifest, output }, folder, {
    existing: "refuse",
    edit: (name) => (name.endsWith(".md") ? fillIn : undefined),
  })
  return [...copied, yield* writeText(keysPath, formatKeys(results))]
})

/** The result of an output and all results that it was made from, in the order of the pipeline. */
const upstreamResults = Effect.fnUntraced(function* (record: RunRecord, { manifest }: StageResult, output: string) {
  const manifests = yield* (yield* Results).of(record)
  const ancestors = yield* artifactLineage(record, manifest.outputs[output]?.digest ?? "")
  const keys = new Set(ancestors.flatMap(({ from }) => (from === null ? [] : [from.result.key])))
  return [...manifests].flatMap(([id, result]): ReadonlyArray<StageResult> => (keys.has(result.key) ? [{ id, manifest: result }] : []))
})
