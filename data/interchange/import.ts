import { DataFileError } from "../error.ts"
import type { PreferenceRow } from "../schema/preferences.ts"
import { adviseFormats } from "./advise.ts"
import { type FormatOrMapping, formatOf, spellFormat } from "./format-of.ts"
import { type LeaveOut, LeftOut } from "./left-out.ts"
import type { ForeignPreference } from "./preference.ts"
import type { ForeignRecord } from "./record.ts"
import { type RecordSource, readRecords } from "./records.ts"
import { ImportCounts, type ImportSummary } from "./summary.ts"

/** Rows per batch. */
const rowsPerBatch = 4096

export interface Imported {
  readonly rows: ReadonlyArray<PreferenceRow>
  /** Of all rows so far; of the whole file with the last. */
  readonly summary: ImportSummary
}

/** Told what a file holds beside its pairs. */
export interface ImportWatcher {
  /** Which columns there are. */
  readonly see: (present: ReadonlyArray<string>) => void
  readonly leave: LeaveOut
}

const unwatched: ImportWatcher = { see: () => undefined, leave: () => undefined }

/**
 * The pairs in a foreign file, in order; in bounded memory, but for formats of one response per
 * record, which hold the responses that may still be paired. Fails with an error that names the
 * file, and record and field where one is to blame: a LineError in JSON Lines, a ColumnError in
 * Parquet, a DataFileError where the whole file is not what it should be.
 */
export async function* readForeignPairs(
  file: RecordSource,
  format: FormatOrMapping,
  { see, leave }: ImportWatcher = unwatched,
): AsyncGenerator<ForeignPreference, void, undefined> {
  const { columns, needed, open, refuses } = formatOf(format)
  const { read, end } = open(leave)
  let present: ReadonlyArray<string> = []
  const look = (names: ReadonlyArray<string>, ofAll: boolean): void => {
    // Records mostly have the fields of the one before.
    if (names.join() === present.join()) return
    present = names
    see(present)
    // Of JSON Lines a record may lack a field that others have: that is said with its line.
    const missing = ofAll ? needed.filter((name) => !present.includes(name)) : []
    const problem =
      missing.length > 0
        ? `has no column ${missing.join(", ")}, which ${spellFormat(format)} needs; it has ${present.join(", ")}`
        : refuses?.(present)
    if (problem !== undefined) throw new Unfit(new DataFileError(file.name, problem))
  }
  let isFirst = true
  try {
    for await (const record of readRecords(file, columns, look)) {
      const pairs = readOne(record)
      isFirst = false
      // Not yield*, which waits three times for each pair.
      for (const pair of pairs) yield pair
    }
  } catch (error) {
    throw error instanceof Unfit ? await error.advised(file, present) : error
  }
  for (const pair of end?.() ?? []) yield pair

  function readOne(record: ForeignRecord): ReadonlyArray<ForeignPreference> {
    try {
      const missing = needed.find((name) => !Object.hasOwn(record.fields, name))
      if (missing !== undefined) throw record.fault(missing, `is missing; the record has ${Object.keys(record.fields).join(", ")}`)
      return read(record)
    } catch (error) {
      if (error instanceof LeftOut) {
        leave(error.reason, 1, error.fault)
        return []
      }
      // What is wrong with the first record is wrong with the format, more often than not.
      throw isFirst ? new Unfit(error as Error) : error
    }
  }
}

/** An error of a file that may be in another format. */
class Unfit extends Error {
  readonly error: Error
  constructor(error: Error) {
    super(error.message)
    this.error = error
  }

  /** The error, and what to do about it. */
  async advised(file: RecordSource, present: ReadonlyArray<string>): Promise<Error> {
    this.error.message = `${this.error.message.replace(/\.$/, "")}. ${await adviseFormats(file, present)}`
    return this.error
  }
}

/**
 * The preferences in a foreign file, in order and in batches. Lists of token ids are empty: a
 * policy has its own tokenizer. Fails as `readForeignPairs` does, and with a DataFileError where
 * the file holds no pair, or nothing of it is left.
 */
export async function* importPreferences(file: RecordSource, format: FormatOrMapping): AsyncGenerator<Imported, void, undefined> {
  const { columns, source } = formatOf(format)
  const counts = new ImportCounts(columns)
  const none = new Int32Array()
  let rows: Array<PreferenceRow> = []
  let pair_id = 0
  for await (const pair of readForeignPairs(file, format, counts)) {
    counts.add(pair)
    const { prompt, chosen, rejected, score_chosen, score_rejected, p_chosen, annotators, tie } = pair
    rows.push({
      pair_id,
      prompt,
      chosen,
      rejected,
      chosen_token_ids: none,
      rejected_token_ids: none,
      score_chosen,
      score_rejected,
      p_chosen,
      annotators: annotators?.count ?? null,
      logp_chosen: null,
      logp_rejected: null,
      tie,
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
  if (pair_id === 0) throw new DataFileError(file.name, ["holds no preference", ...counts.whyNone].join(": "))
  yield { rows, summary: counts.summary }
}
