import { ColumnError, DataFileError } from "../error.ts"

/**
 * One record of a foreign file: a line of JSON Lines, or a row of a table. What it holds is not
 * known yet.
 */
export interface ForeignRecord {
  readonly fields: Readonly<Record<string, unknown>>
  /**
   * The error for a field of this record that is not what it should be; it names file, record and
   * field.
   */
  readonly fault: (field: string | undefined, reason: string) => Error
}

/** The faults of a record whose place is its number, from 0. */
export const faultAtRow =
  (file: string, row: number): ForeignRecord["fault"] =>
  (field, reason) =>
    field === undefined ? new DataFileError(file, `row ${row}: ${reason}`) : new ColumnError(file, field, reason, row)

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Whether the record has a field that is not null. */
export const has = ({ fields }: ForeignRecord, field: string): boolean =>
  Object.hasOwn(fields, field) && fields[field] !== null && fields[field] !== undefined

/** A field that must be there. */
export const required = (record: ForeignRecord, field: string): unknown => {
  if (has(record, field)) return record.fields[field]
  const present = Object.keys(record.fields).filter((name) => has(record, name))
  throw record.fault(field, `is missing; the record has ${present.length === 0 ? "no fields" : present.join(", ")}`)
}

/** `value`, which stands at `field`, if it is text. */
export const text = (record: ForeignRecord, field: string, value: unknown): string => {
  if (typeof value !== "string") throw record.fault(field, `is ${spell(value)}; expected text`)
  if (loneSurrogate.test(value)) throw record.fault(field, "holds half of a surrogate pair, which UTF-8 cannot express")
  return value
}

/** A number that may be absent, and may be written as text. */
export const optionalNumber = (record: ForeignRecord, field: string): number | null =>
  has(record, field) ? numberOrNone(record, field, record.fields[field]) : null

/**
 * `value`, which stands at `field`, as a number, which may be written as text; null where there is
 * none: missing, empty or "N/A". Infinity and NaN, which order nothing, are refused.
 */
export const numberOrNone = (record: ForeignRecord, field: string, value: unknown): number | null => {
  if (value === undefined || value === null || value === "" || value === "N/A") return null
  const number = typeof value === "string" && spelledNumber.test(value.trim()) ? Number(value) : value
  if (typeof number === "number" && Number.isFinite(number)) return number
  throw record.fault(field, `is ${spell(value)}; expected a ${typeof value === "number" ? "finite " : ""}number`)
}

/** A value as an error message shows it, cut short. */
export const spell = (value: unknown): string => {
  if (value === undefined || value === null) return "missing"
  if (Array.isArray(value)) return "a list"
  if (typeof value === "object") return "an object"
  const whole = typeof value === "string" ? JSON.stringify(value) : String(value)
  return whole.length > 60 ? `${whole.slice(0, 60)}…` : whole
}

const spelledNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

const loneSurrogate = /\p{Surrogate}/u
