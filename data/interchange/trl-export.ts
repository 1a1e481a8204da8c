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
 * Writes preferences to a file in TRL's explicit form, `{"prompt": …, "chosen": …, "rejected": …}` a line, in order; an existing
 * file is replaced. Ties are left out: of a tie neither response was chosen. Says how many pairs were written and how many
 * left out. Fails with a DataFileError if the disk refuses.
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

/** Of preferences, what the form can say, and what must be left out. */
const { prompt, chosen, rejected, tie } = preferences

/** The same for a stored table of preferences, or of a stream. Fails with a DataFileError or ColumnError if the table is none. */
export const exportTrl = (table: string, file: string): Promise<{ readonly pairs: number; readonly ties: number }> =>
  toTrlPreferences(readBatches(table, { prompt, chosen, rejected, tie }), file)
