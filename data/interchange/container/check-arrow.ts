import { type Data, DataType, type RecordBatch } from "apache-arrow"

/** Cells of nothing that a batch may claim: they take no bytes. */
const mostNulls = 2 ** 24

/**
 * What contradicts itself in the columns of a batch, which the decoder takes as they come:
 * undefined if nothing does. Then every cell lies within the bytes of the batch.
 */
export const contradiction = (batch: RecordBatch, wanted: ReadonlySet<string>): string | undefined => {
  for (const [index, { name }] of batch.schema.fields.entries()) {
    const data = batch.data.children[index]
    if (wanted.has(name) && !(data !== undefined && data.length >= batch.numRows && isWhole(data)))
      return `has a column "${name}" that lies outside of its batch`
  }
  return undefined
}

const isWhole = (data: Data): boolean => {
  const { type, length, offset } = data
  const end = offset + length
  if (!(length >= 0) || !hasValidity(data)) return false
  if (DataType.isNull(type)) return length <= mostNulls
  if (DataType.isDictionary(type)) return has(data.values, end) && (data.dictionary?.data.every(isWhole) ?? false)
  if (DataType.isBool(type)) return has(data.values, Math.ceil(end / 8))
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isBinary(type) || DataType.isLargeBinary(type))
    return rises(data.valueOffsets, length, data.values?.length)
  if (DataType.isList(type) || DataType.isLargeList(type))
    return rises(data.valueOffsets, length, data.children[0]?.length) && childrenAreWhole(data)
  if (DataType.isFixedSizeList(type)) return (data.children[0]?.length ?? -1) >= length * type.listSize && childrenAreWhole(data)
  if (DataType.isStruct(type)) return data.children.every((child) => child.length >= length) && childrenAreWhole(data)
  if (DataType.isUtf8View(type)) return has(data.values, 16 * end)
  return has(data.values, length * data.stride)
}

const childrenAreWhole = ({ children }: Data): boolean => children.every((child) => child !== undefined && isWhole(child))

const has = (values: { readonly length: number } | undefined, wanted: number): boolean => (values?.length ?? 0) >= wanted

const hasValidity = ({ length, nullCount, nullBitmap }: Data): boolean =>
  nullCount >= 0 &&
  nullCount <= length &&
  (nullCount === 0 || (nullBitmap?.length ?? 0) === 0 || (nullBitmap?.length ?? 0) >= Math.ceil(length / 8))

/** Whether offsets never fall, and stay within `limit`. */
const rises = (offsets: Int32Array | BigInt64Array | undefined, length: number, limit = 0): boolean => {
  if (length === 0) return true
  if (offsets === undefined || offsets.length < length + 1 || offsets[0] === undefined || offsets[0] < 0) return false
  for (let index = 0; index < length; index++) if ((offsets[index + 1] as number) < (offsets[index] as number)) return false
  return Number(offsets[length]) <= limit
}
