/** Preferences in TRL's explicit form, `{"prompt": …, "chosen": …, "rejected": …}` a line, the responses without the prompt. */

import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { DataFileError, LineError } from "../error.ts"
import type { PreferenceRow } from "../schema/preferences.ts"
import { readJsonLines } from "./json-lines.ts"

const fields = ["prompt", "chosen", "rejected"] as const

/** What the form holds of a preference. */
export type TrlPreference = Pick<PreferenceRow, (typeof fields)[number]>

/** A preference that may be a tie, which the form cannot say. */
type Exportable = TrlPreference & Partial<Pick<PreferenceRow, "tie">>

/**
 * Writes preferences to a file, in order; an existing file is replaced. Ties are left out: of a tie neither response was
 * chosen. Says how many pairs were written and how many left out. Fails with a DataFileError if the disk refuses.
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

/**
 * Reads preferences from a file, in order, without holding it in memory. Further fields are ignored. Fails with a
 * DataFileError if the file cannot be read, with a LineError that names line and field for anything that is not the explicit form.
 */
export async function* readTrlPreferences(file: string): AsyncGenerator<TrlPreference, void, undefined> {
  for await (const { line, value } of readJsonLines(file)) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new LineError(file, line, undefined, "is no JSON object")
    const text = (field: (typeof fields)[number]): string => textField(file, line, field, value as Readonly<Record<string, unknown>>)
    yield { prompt: text("prompt"), chosen: text("chosen"), rejected: text("rejected") }
  }
}

const textField = (file: string, line: number, field: string, record: Readonly<Record<string, unknown>>): string => {
  const value = Object.hasOwn(record, field) ? record[field] : undefined
  if (typeof value === "string") return value
  const reason =
    value === undefined
      ? `is missing; the explicit form has ${fields.join(", ")}`
      : Array.isArray(value)
        ? "is a list; conversations are not the explicit form"
        : `is ${JSON.stringify(value)}, and text is wanted`
  throw new LineError(file, line, field, reason)
}
