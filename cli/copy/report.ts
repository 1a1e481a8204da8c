import * as path from "node:path"
import { Effect } from "effect"
import { artifactLineage, Results, type RunRecord } from "../../runtime/index.ts"
import type { Made } from "../made.ts"
import { keysFile, keysText, provenanceText } from "../print/provenance.ts"
import { copyOutput, refuseExisting, writeText } from "./artifact.ts"

/** Where a report leaves room for what belongs to a run: its stage knows of none. */
const room = /(<!-- run -->)[\s\S]*?(<!-- \/run -->)/

/**
 * Copies a report into a folder, as `copyOutput` does; its Markdown says what it rests on, and a table beside it has the keys of all results behind it.
 */
export const copyReport = Effect.fnUntraced(function* (record: RunRecord, made: Made, output: string, folder: string) {
  const keysPath = path.join(folder, keysFile)
  yield* refuseExisting(keysPath)
  const kept = yield* behind(record, made, output)
  const filled = (text: string) => text.replace(room, (_, open, close) => `${open}\n${provenanceText(record, made, kept)}\n${close}`)
  const copied = yield* copyOutput({ manifest: made.manifest, output }, folder, {
    existing: "refuse",
    edit: (name) => (name.endsWith(".md") ? filled : undefined),
  })
  return [...copied, yield* writeText(keysPath, keysText(kept))]
})

/** The results of a run that an output was made of, and its own, in the order of the pipeline. */
const behind = Effect.fnUntraced(function* (record: RunRecord, { manifest }: Made, output: string) {
  const manifests = yield* (yield* Results).of(record)
  const ancestors = yield* artifactLineage(record, manifest.outputs[output]?.digest ?? "")
  const keys = new Set(ancestors.flatMap(({ from }) => (from === null ? [] : [from.result.key])))
  return [...manifests].flatMap(([id, found]): ReadonlyArray<Made> => (keys.has(found.key) ? [{ id, manifest: found }] : []))
})
