import { Effect } from "effect"
import { type Manifest, Results, type RunRecord, type TrlForm, tokenizerBehind, writeTrl } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import type { Exported } from "./exported.ts"
import { writeNewFile } from "./new-file.ts"

/**
 * Writes a table of preferences to `<output>.jsonl` in a folder, in one of TRL's forms, atomically,
 * and says what the form cannot. Fails as `copyOutput` does, also with FileExists, with a
 * DataFileError if the disk refuses, and with a UsageError if token ids are asked for and no
 * response has any.
 */
export const copyAsTrl = Effect.fnUntraced(function* (
  record: RunRecord,
  manifest: Manifest,
  output: string,
  folder: string,
  { form, tokenIds }: { readonly form: TrlForm; readonly tokenIds: boolean },
) {
  const [table] = yield* (yield* Results).open(manifest, output)
  if (table === undefined) return { copied: [], notes: {} } satisfies Exported
  const tokenizer = yield* tokenizerBehind(record, manifest.outputs[output]?.digest ?? "")
  const { file, made } = yield* writeNewFile(folder, `${output}.jsonl`, (draft) =>
    Effect.flatMap(writeTrl(table, draft, tokenizer, { form, tokenIds }), (made) =>
      made.pairs > 0 && made.withoutTokens === 2 * made.pairs ? Effect.fail(noTokens(output)) : Effect.succeed(made),
    ),
  )
  const { pairs: _, ...notes } = made
  return { copied: [file], notes } satisfies Exported
})

const noTokens = (output: string): UsageError =>
  new UsageError({ message: `${output} has no token ids, because it was imported as text; export it without --token-ids` })
