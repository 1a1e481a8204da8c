/**
 * A Parquet file's footer: where its row groups lie. With it a row group can be cut out as a file of its own and such
 * files can be put together, so that tables of any length pass through an encoder and a decoder that take whole files.
 * Field numbers are those of apache/parquet-format, src/main/thrift/parquet.thrift.
 */

import { decodeStruct, encodeStruct, type Struct, ThriftError, type Value } from "./thrift.ts"

const magic = new TextEncoder().encode("PAR1")

/** The magic at either end and the length of the footer. */
export const frame = { start: 4, end: 8 } as const

const fileMetaData = { rows: 3, rowGroups: 4 } as const
const rowGroup = { columns: 1, rows: 3, fileOffset: 5, ordinal: 7 } as const
const columnChunk = { fileOffset: 2, metaData: 3, pageIndex: [4, 5, 6, 7] } as const
const columnMetaData = { compressedSize: 7, dataPage: 9, indexPage: 10, dictionaryPage: 11, bloomFilter: [14, 15] } as const

/** What makes bytes unfit to be a Parquet file, in words that complete "the file …". */
export class FooterError extends Error {
  override readonly name = "FooterError"
}

export interface Footer {
  readonly rowGroups: ReadonlyArray<RowGroup>
  readonly rows: number
  readonly metaData: Struct
}

/** A row group and the bytes of the file that hold it, `start` to `end`. */
export interface RowGroup {
  readonly rows: number
  readonly start: number
  readonly end: number
  readonly metaData: Struct
}

/** The length of the footer, from the last eight bytes of a file of `size` bytes. */
export const footerLength = (tail: Uint8Array, size: number): number => {
  if (size < frame.start + frame.end) throw new FooterError("is too short to be Parquet")
  if (!tail.subarray(4, 8).every((byte, index) => byte === magic[index]))
    throw new FooterError("does not end as a Parquet file does; it is truncated or of another kind")
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true)
  if (length > size - frame.start - frame.end) throw new FooterError(`claims a footer of ${length} bytes and has ${size} in all`)
  return length
}

/** Reads a footer (without length and magic) of a file of `size` bytes. Throws a FooterError. */
export const readFooter = (bytes: Uint8Array, size: number): Footer => {
  try {
    const metaData = decodeStruct(bytes)
    const groups = structs(metaData, fileMetaData.rowGroups).map((group) => readRowGroup(group, size - frame.end - bytes.length))
    const rows = number(metaData, fileMetaData.rows)
    const counted = groups.reduce((sum, group) => sum + group.rows, 0)
    if (counted !== rows) throw new FooterError(`claims ${rows} rows and has row groups of ${counted}`)
    return { metaData, rowGroups: groups, rows }
  } catch (error) {
    if (error instanceof ThriftError) throw new FooterError(`has a damaged footer: it ${error.message}`)
    throw error
  }
}

const readRowGroup = (metaData: Struct, limit: number): RowGroup => {
  const rows = number(metaData, rowGroup.rows)
  const ranges = structs(metaData, rowGroup.columns).map((chunk) => {
    const column = struct(chunk, columnChunk.metaData)
    const dataPage = number(column, columnMetaData.dataPage)
    const dictionaryPage = column.fields.has(columnMetaData.dictionaryPage) ? number(column, columnMetaData.dictionaryPage) : 0
    const start = dictionaryPage > 0 ? Math.min(dataPage, dictionaryPage) : dataPage
    return { start, end: start + number(column, columnMetaData.compressedSize) }
  })
  const start = Math.min(...ranges.map((range) => range.start))
  const end = Math.max(...ranges.map((range) => range.end))
  if (rows < 0 || !(start >= frame.start && start <= end && end <= limit)) throw new FooterError("has a row group that lies outside of it")
  return { metaData, rows, start, end }
}

/** The same row group as number `ordinal` of a file in which it starts at `start`. Page indexes and Bloom filters lie elsewhere and are left behind. */
export const moveRowGroup = (group: RowGroup, start: number, ordinal: number): RowGroup => {
  const shift = BigInt(start - group.start)
  const moved = (value: Value): Value => (value.kind === "i64" && value.value > 0n ? { kind: "i64", value: value.value + shift } : value)
  const columns = edit(group.metaData, rowGroup.columns, (list) =>
    mapStructs(list, (chunk) => {
      const own = without(edit(chunk, columnChunk.fileOffset, moved), columnChunk.pageIndex)
      return edit(own, columnChunk.metaData, (value) => {
        let column = without(asStruct(value), columnMetaData.bloomFilter)
        for (const page of [columnMetaData.dataPage, columnMetaData.indexPage, columnMetaData.dictionaryPage])
          column = edit(column, page, moved)
        return column
      })
    }),
  )
  const metaData = edit(edit(columns, rowGroup.fileOffset, moved), rowGroup.ordinal, () => ({ kind: "i16", value: BigInt(ordinal) }))
  return { metaData, rows: group.rows, start, end: start + group.end - group.start }
}

/** What follows the last row group: a footer like `like` but with these row groups, its length, and the magic. */
export const fileEnd = (like: Footer, groups: ReadonlyArray<RowGroup>): Uint8Array => {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  const counted = edit(like.metaData, fileMetaData.rows, () => ({ kind: "i64", value: BigInt(rows) }))
  const items = groups.map((group) => group.metaData)
  const footer = encodeStruct(edit(counted, fileMetaData.rowGroups, () => ({ kind: "list", of: 12, items })))
  const end = new Uint8Array(footer.length + frame.end)
  end.set(footer)
  new DataView(end.buffer).setUint32(footer.length, footer.length, true)
  end.set(magic, footer.length + 4)
  return end
}

/** What precedes the first row group. */
export const fileStart = (): Uint8Array => magic.slice()

const missing = (field: number): never => {
  throw new ThriftError(`lacks field ${field}`)
}

const number = ({ fields }: Struct, field: number): number => {
  const value = fields.get(field)
  return value !== undefined && "value" in value && typeof value.value === "bigint" ? Number(value.value) : missing(field)
}

const asStruct = (value: Value | undefined, field = 0): Struct => (value?.kind === "struct" ? value : missing(field))

const struct = ({ fields }: Struct, field: number): Struct => asStruct(fields.get(field), field)

const structs = ({ fields }: Struct, field: number): ReadonlyArray<Struct> => {
  const value = fields.get(field)
  return value?.kind === "list" ? value.items.map((item) => asStruct(item, field)) : missing(field)
}

const mapStructs = (value: Value, change: (item: Struct) => Struct): Value =>
  value.kind === "list" ? { ...value, items: value.items.map((item) => change(asStruct(item))) } : value

/** The struct with one field changed, if it has it. */
const edit = (from: Struct, field: number, change: (value: Value) => Value): Struct => ({
  kind: "struct",
  fields: new Map(Array.from(from.fields, ([id, value]) => [id, id === field ? change(value) : value])),
})

const without = (from: Struct, fields: ReadonlyArray<number>): Struct => ({
  kind: "struct",
  fields: new Map(Array.from(from.fields).filter(([id]) => !fields.includes(id))),
})
