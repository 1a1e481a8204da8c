import { formatOf } from "./format-of.ts"
import { type FormatName, formatNames } from "./formats/index.ts"
import type { ForeignRecord } from "./record.ts"
import { type RecordSource, readRecords } from "./records.ts"

/** More than these are not named: the list would be too long to read. */
const mostNamed = 6

/**
 * What is said of a file that is not in the format that was named: which formats its first record
 * is in, those first that make use of more of its columns; or that a mapping is needed. Never
 * fails.
 */
export const adviseFormats = async (file: RecordSource, present: ReadonlyArray<string>): Promise<string> => {
  const candidates = formatNames.filter((name) => hasColumns(name, present))
  const columns = new Set(candidates.flatMap((name) => formatOf(name).columns))
  const record = await firstRecord(file, [...columns]).catch(() => undefined)
  const fitting = candidates.filter((name) => reads(name, record)).sort((one, other) => usedOf(other) - usedOf(one))
  if (fitting.length === 0) return "No format fits these columns: describe them by a mapping."
  const named = fitting.slice(0, mostNamed).map((name) => `"${name}"`)
  return `Formats that fit: ${named.join(", ")}${fitting.length > mostNamed ? " and others" : ""}.`
}

const usedOf = (name: FormatName): number => formatOf(name).columns.length

const firstRecord = async (file: RecordSource, columns: ReadonlyArray<string>): Promise<ForeignRecord | undefined> => {
  for await (const record of readRecords(file, columns)) return record
  return undefined
}

const hasColumns = (name: FormatName, present: ReadonlyArray<string>): boolean => {
  const { needed, refuses } = formatOf(name)
  return needed.every((column) => present.includes(column)) && refuses?.(present) === undefined
}

/** Whether the record is in the format; where none could be read, it may be. */
const reads = (name: FormatName, record: ForeignRecord | undefined): boolean => {
  if (record === undefined) return true
  try {
    formatOf(name)
      .open(() => undefined)
      .read(record)
    return true
  } catch {
    return false
  }
}
