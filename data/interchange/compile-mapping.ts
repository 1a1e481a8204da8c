import type { LeaveOut } from "./left-out.ts"
import { columnsOf, formOf, type Mapping } from "./mapping.ts"
import type { PreferenceFormat, PreferenceReader } from "./preference.ts"
import { openComparisons } from "./readers/comparison.ts"
import { openPairs } from "./readers/pair.ts"
import { openRankings } from "./readers/ranking.ts"
import { openLabels, openRatings } from "./readers/rows.ts"
import { openTrees } from "./readers/tree.ts"
import type { ForeignRecord } from "./record.ts"

/**
 * The format that a mapping describes. `prepare` makes of a record's fields those that the mapping
 * names. Throws a RangeError where the mapping is not one.
 */
export const compileMapping = (
  mapping: Mapping,
  prepare?: { readonly columns: ReadonlyArray<string>; readonly fields: (record: ForeignRecord) => ForeignRecord["fields"] },
): PreferenceFormat => {
  const form = formOf(mapping)
  if (typeof form === "string") throw new RangeError(`the mapping ${form}`)
  const { columns, needed } = columnsOf(mapping)
  return {
    columns: prepare?.columns ?? columns,
    needed: prepare?.columns ?? needed,
    source: mapping.source ?? "imported",
    open: (leave) => {
      const { read, end } = readerOf(mapping, form.form, leave)
      return {
        read: (record) => {
          const fields = prepare === undefined ? decodeJson(record, mapping.json ?? []) : prepare.fields(record)
          return read({ ...record, fields })
        },
        ...(end === undefined ? {} : { end }),
      }
    },
  }
}

/** The reader of each form; `formOf` has checked that its names are there. */
const readerOf = (mapping: Mapping, form: keyof typeof readers, leave: LeaveOut): PreferenceReader => readers[form](mapping as never, leave)

const readers = {
  pair: openPairs,
  comparison: openComparisons,
  ranking: openRankings,
  labels: openLabels,
  ratings: openRatings,
  tree: openTrees,
} as const

const decodeJson = (record: ForeignRecord, columns: ReadonlyArray<string>): ForeignRecord["fields"] => {
  if (columns.length === 0) return record.fields
  const decoded = columns.flatMap((column) => {
    const value = record.fields[column]
    return typeof value === "string" ? [[column, parseJson(record, column, value)] as const] : []
  })
  return { ...record.fields, ...Object.fromEntries(decoded) }
}

/** What JSON in a column holds. Throws the record's own fault where it is not JSON. */
export const parseJson = (record: ForeignRecord, column: string, value: string): unknown => {
  try {
    return JSON.parse(value) as unknown
  } catch (error) {
    throw record.fault(column, `is not JSON: ${(error as Error).message}`)
  }
}
