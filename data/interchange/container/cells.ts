import { DataType, type Decimal, type RecordBatch, type Schema, type Table, type Timestamp, type Vector } from "apache-arrow"
import { ColumnError } from "../../error.ts"
import { type ForeignRecord, faultAtRow } from "../record.ts"

/** Why a cell has no plain value, in words that follow its column. */
class CellError extends Error {}

type Read = (cell: unknown) => unknown

/**
 * The rows of a table or batch that Arrow has decoded, of which `before` came earlier: structs as
 * objects, lists as arrays, all numbers as numbers, dates and timestamps in ISO 8601. Throws a
 * ColumnError for an integer that a number cannot express.
 */
export function* rowsOf(
  file: string,
  table: Table | RecordBatch,
  before: number,
  wanted?: ReadonlySet<string>,
): Generator<ForeignRecord, void, undefined> {
  const columns = table.schema.fields.flatMap(({ name, type }, index) =>
    wanted !== undefined && !wanted.has(name) ? [] : [{ name, cells: table.getChildAt(index) as Vector, read: readerOf(type) as Read }],
  )
  for (let row = 0; row < table.numRows; row++) {
    const fault = faultAtRow(file, before + row)
    const fields = Object.fromEntries(
      columns.map(({ name, cells, read }) => {
        try {
          return [name, read(cells.get(row))]
        } catch (error) {
          if (error instanceof CellError) throw fault(name, error.message)
          throw fault(name, `is damaged: ${(error as Error).message}`)
        }
      }),
    )
    yield { fields, fault }
  }
}

/** Refuses columns of types that have no plain value, by a ColumnError that names the type. */
export const checkTypes = (file: string, { fields }: Schema, wanted?: ReadonlySet<string>): void => {
  for (const { name, type } of fields)
    if (wanted?.has(name) !== false && readerOf(type) === undefined)
      throw new ColumnError(
        file,
        name,
        `holds ${type}, which is neither text, a number, a date, nor made of these. Convert the column first.`,
      )
}

/** How a cell of an Arrow type becomes a plain value; undefined where there is none. */
const readerOf = (type: DataType): Read | undefined => {
  if (DataType.isDictionary(type)) return readerOf(type.dictionary)
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type)) {
    const element = readerOf(type.children[0]?.type as DataType)
    return element && orNull((cell) => Array.from(cell as Iterable<unknown>, element))
  }
  if (DataType.isStruct(type)) return structReader(type.children.map(({ name, type: member }) => [name, readerOf(member)] as const))
  if (DataType.isInt(type)) return type.bitWidth === 64 ? orNull(toSafeNumber) : asItIs
  if (DataType.isDecimal(type)) return orNull((cell) => decimalToNumber(cell as Uint32Array, type))
  if (DataType.isDate(type)) return orNull((cell) => toIso(cell).slice(0, "2024-01-01".length))
  if (DataType.isTimestamp(type)) return orNull((cell) => timestampText(cell, type))
  return isPlain(type) ? asItIs : undefined
}

const asItIs: Read = (cell) => cell

const orNull =
  (read: (cell: NonNullable<unknown>) => unknown): Read =>
  (cell) =>
    cell === null || cell === undefined ? null : read(cell)

const isPlain = (type: DataType): boolean =>
  DataType.isUtf8(type) ||
  DataType.isLargeUtf8(type) ||
  DataType.isUtf8View(type) ||
  DataType.isFloat(type) ||
  DataType.isBool(type) ||
  DataType.isNull(type)

const structReader = (members: ReadonlyArray<readonly [string, Read | undefined]>): Read | undefined => {
  if (members.some(([, read]) => read === undefined)) return undefined
  return orNull((cell) => {
    const { toJSON } = cell as { readonly toJSON: () => Readonly<Record<string, unknown>> }
    const plain = toJSON.call(cell)
    return Object.fromEntries(members.map(([name, read]) => [name, (read as Read)(plain[name])]))
  })
}

const toSafeNumber = (cell: unknown): number => {
  const value = Number(cell)
  if (!Number.isSafeInteger(value)) throw new CellError(`is ${cell}, which is beyond ±${Number.MAX_SAFE_INTEGER} and not exact as a number`)
  return value
}

/** The nearest number; of an integer the same. */
const decimalToNumber = (words: Uint32Array, { scale }: Decimal): number => {
  let value = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n)
  value = BigInt.asIntN(32 * words.length, value)
  return scale === 0 ? toSafeNumber(value) : Number(`${value}e${-scale}`)
}

/** Milliseconds since 1970 in ISO 8601; a time zone is UTC, and none is said of a local time. */
const timestampText = (cell: unknown, { timezone }: Timestamp): string => (timezone ? toIso(cell) : toIso(cell).slice(0, -1))

const toIso = (cell: unknown): string => {
  const date = new Date(Number(cell))
  if (Number.isNaN(date.getTime())) throw new CellError(`is ${cell} ms since 1970, which is beyond what a date can be`)
  return date.toISOString()
}
