import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { DataFileError } from "../error.ts"
import { readBatches } from "../parquet/index.ts"
import { type PreferenceRow, preferences } from "../schema/preferences.ts"

/** What TRL's explicit form holds of a preference. */
export type TrlPreference = Pick<PreferenceRow, "prompt" | "chosen" | "rejected">

/** A preference that may be a tie, which the form cannot say. */
type Exportable = TrlPreference & Partial<Pick<PreferenceRow, "tie">>

/**
 * Writes preferences to a file in TRL's explicit form, `{"prompt": …, "chosen": …, "rejected": …}`
 * a line, in order; an existing file is replaced. Ties are left out: of a tie neither response was
 * chosen. Says how many pairs were written and how many left out. Fails with a DataFileError if the
 * disk refuses.
 */
export const toTrlPreferences = async (
  batches: AsyncIterable<ReadonlyArray<Exportable>> | Iterable<ReadonlyArray<Exportable>>,
  file: string,
): Promise<{ readonly pairs: number; readonly ties: number }> => {
  const stream = createWriteStream(file)
  const finished = once(stream, "finish").catch((error: Error) => {
    throw new DataFileError(file, `cannot be written: ${error.message}`, error)
  })
  // Awaited at the end; until then a failure must not count as unhandled.
  finished.catch(() => undefined)
  let pairs = 0
  let ties = 0
  try {
    for await (const rows of batches) {
      const decided = rows.filter(({ tie }) => tie !== true)
      pairs += decided.length
      ties += rows.length - decided.length
      const lines = decided.map(({ prompt, chosen, rejected }) => `${JSON.stringify({ prompt, chosen, rejected })}\n`).join("")
      if (!stream.write(lines)) await Promise.race([once(stream, "drain"), finished])
    }
  } finally {
    stream.end()
  }
  await finished
  return { pairs, ties }
}

/** What an export left out, and what TRL will read otherwise. */
export interface ExportedTrl {
  readonly pairs: number
  readonly ties: number
  /**
   * Of the responses whose tokens are on record and could be compared; null where no tokenizer was
   * given.
   */
  readonly responses: { readonly compared: number; readonly differing: number; readonly cut: number } | null
}

/** The contents of the files of a tokenizer. */
export interface TokenizerContents {
  readonly tokenizer: string
  readonly config: string
}

/**
 * Of preferences, what the form can say, what must be left out, and the tokens behind the texts.
 */
const { prompt, chosen, rejected, tie, chosen_token_ids, rejected_token_ids } = preferences

/**
 * The same for a stored table of preferences, or of a stream. With the tokenizer of the policy that
 * drew the responses it counts those that tokenise differently when TRL reads prompt and response
 * as text. Fails with a DataFileError or ColumnError if the table is none.
 */
export const exportTrl = async (table: string, file: string, tokenizer: TokenizerContents | null = null): Promise<ExportedTrl> => {
  if (tokenizer === null) {
    return { ...(await toTrlPreferences(readBatches(table, { prompt, chosen, rejected, tie }), file)), responses: null }
  }
  const { readBack } = await import("./read-back.ts")
  const read = readBack(tokenizer.tokenizer, tokenizer.config)
  const responses = { compared: 0, differing: 0, cut: 0 }
  const compare = (prompt: string, response: string, tokens: Int32Array): void => {
    if (tokens.length === 0) return
    const { differs, cut } = read(prompt, response, tokens)
    responses.compared++
    if (differs) responses.differing++
    if (cut) responses.cut++
  }
  async function* counted() {
    for await (const rows of readBatches(table, { prompt, chosen, rejected, tie, chosen_token_ids, rejected_token_ids })) {
      for (const row of rows) {
        if (row.tie) continue
        compare(row.prompt, row.chosen, row.chosen_token_ids)
        compare(row.prompt, row.rejected, row.rejected_token_ids)
      }
      yield rows
    }
  }
  return { ...(await toTrlPreferences(counted(), file)), responses }
}
