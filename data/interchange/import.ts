import type { ByteSource } from "../byte-source.ts"
import { DataFileError } from "../error.ts"
import type { PreferenceRow } from "../schema/preferences.ts"
import { hhRlhf } from "./hh-rlhf.ts"
import type { PreferenceFormat } from "./preference.ts"
import { readRecords } from "./records.ts"
import { tldr } from "./tldr.ts"
import { trl } from "./trl.ts"
import { ultrafeedback } from "./ultrafeedback.ts"

const formats = { trl, "hh-rlhf": hhRlhf, tldr, "ultrafeedback-binarized": ultrafeedback } as const satisfies Record<
  string,
  PreferenceFormat
>

/** A format by its name. */
export type FormatName = keyof typeof formats

/** Rows handed over at a time. */
const portion = 4096

/**
 * The preferences in a foreign file, in order and in portions, in bounded memory. Lists of token ids are empty: a policy has its
 * own tokenizer. Fails with an error that names the file, and record and field where one is to blame: a LineError in JSON
 * Lines, a ColumnError in Parquet, a DataFileError where the whole file is not what it should be or holds no pair.
 */
export async function* importPreferences(
  file: ByteSource,
  format: FormatName,
): AsyncGenerator<ReadonlyArray<PreferenceRow>, void, undefined> {
  const { columns, source, open } = formats[format] as PreferenceFormat
  const read = open()
  const none = new Int32Array()
  let rows: Array<PreferenceRow> = []
  let pair_id = 0
  for await (const record of readRecords(file, columns)) {
    rows.push({
      pair_id,
      ...read(record),
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
    if (rows.length === portion) {
      yield rows
      rows = []
    }
  }
  if (pair_id === 0) throw new DataFileError(file.name, "holds no preference")
  if (rows.length > 0) yield rows
}
