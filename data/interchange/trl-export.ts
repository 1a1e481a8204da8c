import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { DataFileError } from "../error.ts"
import type { PreferenceRow } from "../schema/preferences.ts"

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
