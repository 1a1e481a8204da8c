import { DataFileError } from "../error.ts"
import type { Split } from "../split.ts"
import { textColumn } from "./container/plain-text.ts"
import { type ForeignRecord, required } from "./record.ts"
import { readRecords } from "./records.ts"
import { type DataSet, splitsOf } from "./shards.ts"
import { type SplitMap, SplitValues } from "./split-values.ts"

/** Where the columns of a data set are looked for. */
export interface ColumnMapping {
  /** Columns that every file has, by what they are mapped to. */
  readonly needed: Readonly<Record<string, string>>
  /** Columns that may be absent. */
  readonly other: ReadonlyArray<string>
  /** The column that says of what split a row is; undefined if none does. */
  readonly split: string | undefined
  readonly splits: SplitMap
}

export interface SplitRecord {
  readonly file: string
  readonly record: ForeignRecord
  /** What a column, or the name of the file, says; null if nothing does. */
  readonly split: Split | null
}

/** What became of the rows of a data set. */
export interface Reading {
  rows: number
  /** Rows whose split is mapped to null. */
  otherSplits: number
  readonly leftOutColumns: Set<string>
  readonly leftOutFiles: ReadonlyArray<string>
}

export const newReading = ({ leftOut }: DataSet): Reading => ({ rows: 0, otherSplits: 0, leftOutColumns: new Set(), leftOutFiles: leftOut })

/** More columns than these are not named. */
const mostColumns = 100

/**
 * The records of a data set with their splits, counted as they come. Fails with a DataFileError
 * where a column that is needed is not there, or a split is neither train nor test, once all its
 * values are known.
 */
export async function* readSplitRecords(
  dataSet: DataSet,
  { needed, other, split: splitColumn, splits }: ColumnMapping,
  reading: Reading,
): AsyncGenerator<SplitRecord, void, undefined> {
  const values = new SplitValues(splits)
  const columns = [...Object.values(needed), ...other, ...(splitColumn === undefined ? [] : [splitColumn])]
  const splitByFile = splitColumn === undefined && splitsOf(dataSet).length > 0
  for (const { source, split: ofFile } of dataSet.shards) {
    if (splitByFile && ofFile === null)
      throw new DataFileError(source.name, "has a name that tells no split, and other files have. Name a column: columns: { split: … }")
    const present = new Set<string>()
    let renamed: string | undefined
    let before = ""
    const see = (names: ReadonlyArray<string>, ofAll: boolean): void => {
      const joined = names.join()
      if (joined === before) return
      before = joined
      if (ofAll && splitColumn === undefined) renamed = onlyText(names, needed)
      if (renamed !== undefined) return
      for (const name of names) {
        if (present.size < mostColumns || columns.includes(name)) present.add(name)
        if (!columns.includes(name) && reading.leftOutColumns.size < mostColumns) reading.leftOutColumns.add(name)
      }
      if (ofAll) checkColumns(source.name, needed, splitColumn, present)
    }
    for await (const found of readRecords(source, columns, see)) {
      const record = renamed === undefined ? found : { ...found, fields: { [renamed]: found.fields[textColumn] } }
      reading.rows++
      if (splitColumn === undefined && !splitByFile) {
        yield { file: source.name, record, split: null }
        continue
      }
      const split = values.read(splitColumn === undefined ? ofFile : required(record, splitColumn))
      if (split === null) reading.otherSplits++
      else if (split !== undefined) yield { file: source.name, record, split }
    }
    if (present.size > 0) checkColumns(source.name, needed, splitColumn, present)
  }
  const { problem } = values
  if (problem !== undefined)
    throw new DataFileError(
      dataSet.name,
      splitColumn === undefined ? `is of splits of which one ${problem}` : `column "${splitColumn}" ${problem}`,
    )
}

/**
 * The one column that is needed, where a file has but the one that plain text has: its name does
 * not matter then.
 */
const onlyText = (names: ReadonlyArray<string>, needed: ColumnMapping["needed"]): string | undefined => {
  const [column, ...others] = Object.values(needed)
  return names.length === 1 && names[0] === textColumn && others.length === 0 ? column : undefined
}

const checkColumns = (
  file: string,
  needed: ColumnMapping["needed"],
  splitColumn: string | undefined,
  present: ReadonlySet<string>,
): void => {
  const wanted = { ...needed, ...(splitColumn === undefined ? {} : { split: splitColumn }) }
  for (const [meaning, column] of Object.entries(wanted))
    if (!present.has(column))
      throw new DataFileError(
        file,
        `has no column "${column}"; it has ${[...present].join(", ")}. Say which is the ${meaning}: columns: { ${meaning}: … }`,
      )
}

/** What was left out, in a sentence for each. */
export const describeReading = ({ rows, otherSplits, leftOutColumns, leftOutFiles }: Reading): ReadonlyArray<string> => [
  ...(leftOutFiles.length === 0 ? [] : [`${leftOutFiles.length} files were not read: ${leftOutFiles.slice(0, mostColumns).join(", ")}`]),
  ...(leftOutColumns.size === 0 ? [] : [`${leftOutColumns.size} columns were not imported: ${[...leftOutColumns].join(", ")}`]),
  ...countOf(otherSplits, rows, "are of a split that is left out"),
]

/** "3 of 10 rows …", where there are some. */
export const countOf = (count: number, rows: number, what: string): ReadonlyArray<string> =>
  count === 0 ? [] : [`${count} of ${rows} rows ${what}`]
