import * as fs from "node:fs/promises"
import * as path from "node:path"
import { Effect } from "effect"
import { type ExportedTrl, type Manifest, Results, type RunRecord, tokenizerBehind, writeTrl } from "../../runtime/index.ts"
import { pluralize } from "../print/number.ts"
import { attempt, type CopiedFile, refuseExisting, writeAtomically } from "./artifact.ts"

/**
 * Writes a table of preferences to `<output>.jsonl` in a folder, in TRL's explicit form,
 * atomically. Returns how many ties were left out, and how many responses TRL tokenises differently
 * (null if the run has no policy to compare with). Fails as `copyOutput` does, also with
 * FileExists, and with a DataFileError if the disk refuses.
 */
export const copyAsTrl = Effect.fnUntraced(function* (record: RunRecord, manifest: Manifest, output: string, folder: string) {
  const to = path.join(folder, `${output}.jsonl`)
  yield* refuseExisting(to)
  const [table] = yield* (yield* Results).open(manifest, output)
  if (table === undefined) return { copied: [], ties: 0, responses: null }
  const tokenizer = yield* tokenizerBehind(record, manifest.outputs[output]?.digest ?? "")
  const { ties, responses } = yield* writeAtomically(to, (draft) => writeTrl(table, draft, tokenizer))
  const { size } = yield* attempt(to, () => fs.stat(to))
  return { copied: [{ path: to, bytes: size } satisfies CopiedFile], ties, responses }
})

/** What a reader of the exported file must know, one sentence per line. */
export const describeTrl = (ties: number, responses: ExportedTrl["responses"]): ReadonlyArray<string> => {
  if (responses === null || responses.compared === 0) return describeTies(ties)
  const { compared, differing, cut } = responses
  const sentence = (count: number, rest: string) => (count === 0 ? [] : [`${count} of ${compared} responses ${rest}`])
  return [
    ...describeTies(ties),
    ...sentence(differing, "tokenise differently when read back as text; the table has the sampled tokens (export without --format trl)"),
    ...sentence(cut, "were cut before <|endoftext|>, which TRL appends to each"),
  ]
}

const describeTies = (ties: number) => (ties === 0 ? [] : [`${pluralize(ties, "tie")} left out: TRL's form cannot express ties`])
