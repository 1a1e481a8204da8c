/**
 * A Parquet file's footer: where its row groups lie. With it a row group can be cut out as a file of its own and such
 * files can be put together, so that tables of any length pass through an encoder and a decoder that take whole files; and
 * columns that are not asked for can be left out before anything is decoded.
 * Field numbers are those of apache/parquet-format, src/main/thrift/parquet.thrift.
 */

import { decodeStruct, encodeStruct, type Struct, ThriftError, type Value } from "./thrift.ts"

const magic = new TextEncoder().encode("PAR1")

/** The magic at either end and the length of the footer. */
export const frame = { start: 4, end: 8 } as const

const fileMetaData = { schema: 2, rows: 3, rowGroups: 4, keyValues: 5, columnOrders: 7 } as const
const schemaElement = { name: 4, children: 5 } as const
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

export interface RowGroup {
  readonly rows: number
  /** The cells of each column that is no struct or list, in the order of the schema. */
  readonly chunks: ReadonlyArray<ColumnChunk>
  readonly metaData: Struct
}

/** The bytes of the file that hold the cells of a column, `start` to `end`. */
export interface ColumnChunk {
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
  const chunks = structs(metaData, rowGroup.columns).map((chunk): ColumnChunk => {
    const column = struct(chunk, columnChunk.metaData)
    const dataPage = number(column, columnMetaData.dataPage)
    const dictionaryPage = column.fields.has(columnMetaData.dictionaryPage) ? number(column, columnMetaData.dictionaryPage) : 0
    const start = dictionaryPage > 0 ? Math.min(dataPage, dictionaryPage) : dataPage
    return { start, end: start + number(column, columnMetaData.compressedSize), metaData: chunk }
  })
  const lies = chunks.some(({ start, end }) => !(start >= frame.start && start <= end && end <= limit))
  if (rows < 0 || lies || sizeOf(chunks) > limit) throw new FooterError("has a row group that lies outside of it")
  return { metaData, rows, chunks }
}

/** Bytes that the columns take together. */
export const sizeOf = (chunks: ReadonlyArray<ColumnChunk>): number => chunks.reduce((sum, { start, end }) => sum + end - start, 0)

/**
 * The same row group as number `ordinal` of a file in which its columns lie end to end from `start`. Page indexes and Bloom
 * filters lie elsewhere and are left behind.
 */
export const moveRowGroup = (group: RowGroup, start: number, ordinal: number): RowGroup => {
  let at = start
  const chunks = group.chunks.map((chunk): ColumnChunk => {
    const end = at + chunk.end - chunk.start
    const moved = { start: at, end, metaData: moveChunk(chunk.metaData, BigInt(at - chunk.start)) }
    at = end
    return moved
  })
  const items = chunks.map(({ metaData }) => metaData)
  const columns = edit(group.metaData, rowGroup.columns, () => ({ kind: "list", of: 12, items }))
  const placed = edit(columns, rowGroup.fileOffset, () => ({ kind: "i64", value: BigInt(start) }))
  return { metaData: edit(placed, rowGroup.ordinal, () => ({ kind: "i16", value: BigInt(ordinal) })), rows: group.rows, chunks }
}

const moveChunk = (chunk: Struct, shift: bigint): Struct => {
  const moved = (value: Value): Value => (value.kind === "i64" && value.value > 0n ? { kind: "i64", value: value.value + shift } : value)
  const own = without(edit(chunk, columnChunk.fileOffset, moved), columnChunk.pageIndex)
  return edit(own, columnChunk.metaData, (value) => {
    let column = without(asStruct(value), columnMetaData.bloomFilter)
    for (const page of [columnMetaData.dataPage, columnMetaData.indexPage, columnMetaData.dictionaryPage])
      column = edit(column, page, moved)
    return column
  })
}

/**
 * The footer of the table with only those columns, in the file's order; of a struct or a list with all that is in it. What the
 * writer noted of the whole (Arrow's schema, orders of columns) is left behind: it would contradict the rest. Throws a FooterError.
 */
export const project = (footer: Footer, names: ReadonlyArray<string>): Footer => {
  try {
    const [root, ...elements] = structs(footer.metaData, fileMetaData.schema)
    if (root === undefined) throw new ThriftError("lacks a schema")
    const kept: Array<Struct> = []
    const leaves: Array<boolean> = []
    let children = 0
    for (let index = 0; index < elements.length; ) {
      const end = subtreeEnd(elements, index)
      const wanted = names.includes(name(elements[index] as Struct))
      if (wanted) children++
      for (; index < end; index++) {
        const element = elements[index] as Struct
        if (wanted) kept.push(element)
        if (childrenOf(element) === 0) leaves.push(wanted)
      }
    }
    const top = edit(root, schemaElement.children, () => ({ kind: "i32", value: BigInt(children) }))
    const narrowed = edit(footer.metaData, fileMetaData.schema, () => ({ kind: "list", of: 12, items: [top, ...kept] }))
    const rowGroups = footer.rowGroups.map((group) => {
      if (group.chunks.length !== leaves.length)
        throw new FooterError(`has a row group of ${group.chunks.length} columns and a schema of ${leaves.length}`)
      return { ...group, chunks: group.chunks.filter((_, index) => leaves[index]) }
    })
    return { metaData: without(narrowed, [fileMetaData.keyValues, fileMetaData.columnOrders]), rowGroups, rows: footer.rows }
  } catch (error) {
    if (error instanceof ThriftError) throw new FooterError(`has a damaged footer: it ${error.message}`)
    throw error
  }
}

/** Where the element and all that is in it end: a schema is a tree, its elements in the order of a walk. */
const subtreeEnd = (elements: ReadonlyArray<Struct>, start: number): number => {
  let open = 1
  let index = start
  for (; open > 0; index++) {
    const element = elements[index]
    if (element === undefined) throw new ThriftError("has a schema that ends early")
    open += childrenOf(element) - 1
  }
  return index
}

const childrenOf = (element: Struct): number =>
  element.fields.has(schemaElement.children) ? Math.max(0, number(element, schemaElement.children)) : 0

const name = ({ fields }: Struct): string => {
  const value = fields.get(schemaElement.name)
  return value !== undefined && "bytes" in value ? new TextDecoder().decode(value.bytes) : missing(schemaElement.name)
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

/** The struct with one field changed, if it has it. */
const edit = (from: Struct, field: number, change: (value: Value) => Value): Struct => ({
  kind: "struct",
  fields: new Map(Array.from(from.fields, ([id, value]) => [id, id === field ? change(value) : value])),
})

const without = (from: Struct, fields: ReadonlyArray<number>): Struct => ({
  kind: "struct",
  fields: new Map(Array.from(from.fields).filter(([id]) => !fields.includes(id))),
})
