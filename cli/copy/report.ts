import * as path from "node:path"
import { Effect } from "effect"
import type { RunRecord } from "../../runtime/index.ts"
import { formatProof } from "../print/proof.ts"
import { formatKeys, formatProvenance, keysFile } from "../print/provenance.ts"
import { proofOf } from "../registration/proof.ts"
import type { StageResult } from "../stage-result.ts"
import { copyOutput, refuseExisting, writeText } from "./artifact.ts"
import { upstreamResults } from "./upstream.ts"

/**
 * The part of a report that is filled in per run, because the stage that writes the report does not
 * know the run.
 */
const placeholder = /(<!-- run -->)[\s\S]*?(<!-- \/run -->)/

/**
 * Copies a report to a folder, as `copyOutput` does, fills its provenance and the proof of its
 * registration into its Markdown, and writes a table of the keys of all results that it was made
 * from.
 */
export const copyReport = Effect.fnUntraced(function* (record: RunRecord, result: StageResult, output: string, folder: string) {
  const keysPath = path.join(folder, keysFile)
  yield* refuseExisting(keysPath)
  const results = yield* upstreamResults(record, result, output)
  const proof = formatProof(yield* proofOf(record, results))
  const provenance = `${formatProvenance(record, result, results)}\n\n${proof}`
  const fillIn = (text: string) => text.replace(placeholder, (_, open, close) => `${open}\n${provenance}\n${close}`)
  const copied = yield* copyOutput({ manifest: result.manifest, output }, folder, {
    existing: "refuse",
    edit: (name) => (name.endsWith(".md") ? fillIn : undefined),
  })
  return [...copied, yield* writeText(keysPath, formatKeys(results))]
})
