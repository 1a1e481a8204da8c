import { DataFileError } from "../error.ts"
import type { PreferenceRow } from "../schema/preferences.ts"
import { hhRlhf } from "./hh-rlhf.ts"
import type { ForeignPreference, PreferenceFormat } from "./preference.ts"
import { type RecordSource, readRecords } from "./records.ts"
import { ImportCounts, type ImportSummary } from "./summary.ts"
import { tldr } from "./tldr.ts"
import { trl } from "./trl.ts"
import { ultrafeedback } from "./ultrafeedback.ts"

const formats = { trl, "hh-rlhf": hhRlhf, tldr, "ultrafeedback-binarized": ultrafeedback } as const satisfies Record<
  string,
  PreferenceFormat
>

/** A format by its name. */
export type FormatName = keyof typeof formats

/** Rows per batch. */
const rowsPerBatch = 4096

export interface Imported {
  readonly rows: ReadonlyArray<PreferenceRow>
  /** Of all rows so far. */
  readonly summary: ImportSummary
}

/**
 * The pairs in a foreign file, in order and in bounded memory; `see` is told which columns there
 * are. Fails with an error that names the file, and record and field where one is to blame: a
 * LineError in JSON Lines, a ColumnError in Parquet, a DataFileError where the whole file is not
 * what it should be.
 */
export async function* readForeignPairs(
  file: RecordSource,
  format: FormatName,
  see: (present: ReadonlyArray<string>) => void = () => undefined,
): AsyncGenerator<ForeignPreference, void, undefined> {
  const { columns, needed, open, refuses } = formats[format] as PreferenceFormat
  const read = open()
  let before = ""
  const look = (present: ReadonlyArray<string>, ofAll: boolean): void => {
    const names = present.join()
    // Records mostly have the fields of the one before.
    if (names === before) return
    before = names
    see(present)
    // Of JSON Lines a record may lack a field that others have: its reader says so, with the line.
    const missing = ofAll ? needed.filter((name) => !present.includes(name)) : []
    const problem =
      missing.length > 0 ? `has no column ${missing.join(", ")}, which "${format}" needs; it has ${present.join(", ")}` : refuses?.(present)
    if (problem !== undefined) throw new DataFileError(file.name, problem)
  }
  for await (const record of readRecords(file, columns, look)) yield read(record)
}

/**
 * The preferences in a foreign file, in order and in batches, in bounded memory. Lists of token ids
 * are empty: a policy has its own tokenizer. Fails as `readForeignPairs` does, and with a
 * DataFileError where the file holds no pair.
 */
export async function* importPreferences(file: RecordSource, format: FormatName): AsyncGenerator<Imported, void, undefined> {
  const { columns, source } = formats[format] as PreferenceFormat
  const counts = new ImportCounts(columns)
  const none = new Int32Array()
  let rows: Array<PreferenceRow> = []
  let pair_id = 0
  for await (const pair of readForeignPairs(file, format, (present) => counts.see(present))) {
    counts.add(pair)
    rows.push({
      pair_id,
      ...pair,
      chosen_token_ids: none,
      rejected_token_ids: none,
      p_chosen: null,
      source,
      judge_key: null,
      judge_labels: null,
      policy_key: null,
      step: 0,
      position: pair_id,
    })
    pair_id++
    if (rows.length === rowsPerBatch) {
      yield { rows, summary: counts.summary }
      rows = []
    }
  }
  if (pair_id === 0) throw new DataFileError(file.name, "holds no preference")
  if (rows.length > 0) yield { rows, summary: counts.summary }
}
