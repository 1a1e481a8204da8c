import * as fs from "node:fs/promises"
import * as path from "node:path"
import { Effect } from "effect"
import { type ExportedTrl, type Manifest, Results, type RunRecord, tokenizerBehind, writeTrl } from "../../runtime/index.ts"
import { counted } from "../print/number.ts"
import { attempt, type Copied, refuseExisting, whole } from "./artifact.ts"

/**
 * Writes a table of preferences to `<output>.jsonl` in a folder, in TRL's explicit form, whole or not at all. Refuses where the file is there already.
 * Says how many ties were left out, and of how many responses TRL will read other tokens (null if no policy is on record).
 * Fails as `copyOutput` does, and with a DataFileError where the disk refuses.
 */
export const copyAsTrl = Effect.fnUntraced(function* (record: RunRecord, manifest: Manifest, output: string, folder: string) {
  const to = path.join(folder, `${output}.jsonl`)
  yield* refuseExisting(to)
  const [table] = yield* (yield* Results).open(manifest, output)
  if (table === undefined) return { copied: [], ties: 0, responses: null }
  const tokenizer = yield* tokenizerBehind(record, manifest.outputs[output]?.digest ?? "")
  const { ties, responses } = yield* whole(to, (draft) => writeTrl(table, draft, tokenizer))
  const { size } = yield* attempt(to, () => fs.stat(to))
  return { copied: [{ path: to, bytes: size } satisfies Copied], ties, responses }
})

/** What a reader of the exported text must know, one sentence per line. */
export const describeTrl = (ties: number, responses: ExportedTrl["responses"]): ReadonlyArray<string> => {
  if (responses === null || responses.compared === 0) return describeTies(ties)
  const { compared, differing, cut } = responses
  const of = (count: number, what: string) => (count === 0 ? [] : [`${count} of ${compared} responses ${what}`])
  return [
    ...describeTies(ties),
    ...of(differing, "tokenise differently when read back as text; the tokens drawn are in the table (export without --format trl)"),
    ...of(cut, "were cut before <|endoftext|>, and TRL ends each with one"),
  ]
}

const describeTies = (ties: number) => (ties === 0 ? [] : [`${counted(ties, "tie")} left out: TRL's form has no place for them`])
