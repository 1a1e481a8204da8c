import {
  Field as ArrowField,
  Bool,
  type Data,
  DataType,
  Float32,
  Float64,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Utf8,
} from "apache-arrow"
import type { ColumnType } from "../../dsl/column.ts"
import { bytesOf, type Chunk, unifyNaN, type Values } from "./chunk.ts"
import type { Field } from "./field.ts"

/** Column types in Arrow's words, and whether a type found in a file is that. */
const arrowTypes: { readonly [T in ColumnType]: { readonly make: () => DataType; readonly is: (type: DataType) => boolean } } = {
  bool: { make: () => new Bool(), is: (type) => DataType.isBool(type) },
  int32: { make: () => new Int32(), is: (type) => DataType.isInt(type) && type.bitWidth === 32 && type.isSigned },
  float32: { make: () => new Float32(), is: (type) => DataType.isFloat(type) && type.precision === 1 },
  float64: { make: () => new Float64(), is: (type) => DataType.isFloat(type) && type.precision === 2 },
  utf8: { make: () => new Utf8(), is: (type) => DataType.isUtf8(type) },
  "list<int32>": { make: () => listOf(new Int32()), is: (type) => DataType.isList(type) && arrowTypes.int32.is(type.valueType) },
  "list<float32>": { make: () => listOf(new Float32()), is: (type) => DataType.isList(type) && arrowTypes.float32.is(type.valueType) },
}

// "element" is what the Parquet specification calls it.
const listOf = (type: DataType): DataType => new List(new ArrowField("element", type, false))

export const arrowSchema = (fields: ReadonlyArray<Field>): Schema =>
  new Schema(fields.map(({ name, type, nullable }) => new ArrowField(name, arrowTypes[type].make(), nullable)))

/** Whether a column of this Arrow type can be read as `type`. */
export const readsAs = (found: DataType, type: ColumnType): boolean => arrowTypes[type].is(found)

/** The column type that an Arrow type is read as; undefined if there is none. */
export const columnTypeOf = (found: DataType): ColumnType | undefined =>
  (Object.keys(arrowTypes) as Array<ColumnType>).find((type) => readsAs(found, type))

/** One record batch as an Arrow IPC stream; of no chunks, a stream of the schema alone. */
export const toIpc = (schema: Schema, chunks: ReadonlyArray<Chunk>): Uint8Array => {
  const length = chunks[0]?.length
  if (length === undefined) return tableToIPC(new Table(schema), "stream")
  const children = schema.fields.map((field, index) => toData(field.type, chunks[index] as Chunk))
  const struct = makeData({ type: new Struct(schema.fields), length, nullCount: 0, children })
  return tableToIPC(new Table(schema, [new RecordBatch(schema, struct)]), "stream")
}

const toData = (type: DataType, { length, validity, offsets, values }: Chunk): Data => {
  const nulls = validity === undefined ? { nullCount: 0 } : { nullBitmap: pack(validity) }
  if (offsets === undefined) {
    return makeData({ type: type as Int32, length, ...nulls, data: (DataType.isBool(type) ? pack(bytesOf(values)) : values) as Int32Array })
  }
  if (DataType.isUtf8(type)) return makeData({ type, length, ...nulls, valueOffsets: offsets, data: bytesOf(values) })
  const element = (type as List).valueType as Int32
  const child = makeData({ type: element, length: values.length, nullCount: 0, data: values as Int32Array })
  return makeData({ type: type as List, length, ...nulls, valueOffsets: offsets, child })
}

/**
 * The cells of a column that was found in a file, brought into a chunk's one layout. Its type must
 * have been checked with `readsAs`.
 */
export const toChunk = (data: Data): Chunk => {
  const { length } = data
  const validity = data.nullCount > 0 ? unpack(data.nullBitmap, data.offset, length) : undefined
  if (DataType.isBool(data.type)) {
    const values = unpack(data.values as Uint8Array, data.offset, length)
    return clearNulls({ length, validity, offsets: undefined, values })
  }
  if (DataType.isUtf8(data.type)) return clearNulls({ length, validity, ...rebase(data.valueOffsets, data.values as Uint8Array) })
  if (DataType.isList(data.type)) {
    const child = data.children[0] as Data
    const values = child.values as Int32Array | Float32Array
    unifyNaN(values)
    return clearNulls({ length, validity, ...rebase(data.valueOffsets as Int32Array, values) })
  }
  const values = data.values as Int32Array
  unifyNaN(values)
  return clearNulls({ length, validity, offsets: undefined, values: values.subarray(0, length) })
}

/** Offsets from 0, and the values that they reach. */
const rebase = <V extends Values>(offsets: Int32Array, values: V) => {
  const first = offsets[0] as number
  const reached = values.subarray(first, offsets[offsets.length - 1]) as V
  return { offsets: first === 0 ? offsets : offsets.map((offset) => offset - first), values: reached }
}

/** What lies under a null is not specified by Arrow; here it is 0, or nothing. */
const clearNulls = (chunk: Chunk): Chunk => {
  const { validity, offsets, values, length } = chunk
  if (validity === undefined) return chunk
  if (offsets === undefined) {
    for (let row = 0; row < length; row++) if (validity[row] === 0) values[row] = 0
    return chunk
  }
  const hidden = validity.some((valid, row) => valid === 0 && offsets[row] !== offsets[row + 1])
  if (!hidden) return chunk
  const kept = values.slice()
  const packed = new Int32Array(length + 1)
  let filled = 0
  for (let row = 0; row < length; row++) {
    if (validity[row] === 1) {
      const cell = values.subarray(offsets[row], offsets[row + 1])
      kept.set(cell, filled)
      filled += cell.length
    }
    packed[row + 1] = filled
  }
  return { length, validity, offsets: packed, values: kept.subarray(0, filled) }
}

/** A byte an entry into a bit an entry, the least significant first. */
const pack = (bytes: Uint8Array): Uint8Array => {
  const bits = new Uint8Array((bytes.length + 7) >> 3)
  for (let index = 0; index < bytes.length; index++)
    if (bytes[index] === 1) bits[index >> 3] = (bits[index >> 3] as number) | (1 << (index & 7))
  return bits
}

const unpack = (bits: Uint8Array, offset: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  for (let index = 0; index < length; index++) bytes[index] = ((bits[(offset + index) >> 3] as number) >> ((offset + index) & 7)) & 1
  return bytes
}
