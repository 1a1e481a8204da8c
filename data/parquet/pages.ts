/**
 * What the pages of a column chunk expand to, read from their headers before anything is decoded. A
 * dictionary makes a few bytes stand for a hundred gigabytes, and a run of one value for a billion
 * of them: sizes in the footer say nothing about either. Field numbers are those of
 * apache/parquet-format, src/main/thrift/parquet.thrift.
 */

import { longestEntry } from "./dictionary.ts"
import { type ColumnChunk, FooterError } from "./footer.ts"
import { decodePrefix, type Struct, ThriftError } from "./thrift.ts"

const pageHeader = { type: 1, uncompressed: 2, compressed: 3, dataPage: 5, dictionaryPage: 7, dataPageV2: 8 } as const
const dictionaryType = 2
const columnMetaData = { metaData: 3, type: 1, codec: 4 } as const
/** The physical type whose values have a length each. */
const byteArray = 6
const zstd = 6

/**
 * A page that expands to more bytes than this is refused: it is decoded at once, and writers make
 * pages of about a megabyte.
 */
const largestPage = 2 ** 28
/** Values of a column in one row group, those in lists too. */
const mostValues = 2 ** 27

export interface ChunkSize {
  /** Values and nulls. */
  readonly values: number
  /** Bytes of all pages without compression. */
  readonly bytes: number
  /** The most bytes that one value can take by way of the dictionary. */
  readonly longestValue: number
}

/**
 * Measures the chunk whose bytes these are. Throws a FooterError where its pages are damaged or
 * beyond a limit.
 */
export const measureChunk = (content: Uint8Array, { metaData }: ColumnChunk): ChunkSize => {
  const column = structOf(metaData, columnMetaData.metaData)
  const isByteArray = numberOf(column, columnMetaData.type) === byteArray
  const codec = numberOf(column, columnMetaData.codec)
  let values = 0
  let bytes = 0
  const dictionaries: Array<Dictionary> = []
  for (let at = 0; at < content.length; ) {
    const { struct, length } = headerAt(content, at)
    const [size, stored] = [numberOf(struct, pageHeader.uncompressed), numberOf(struct, pageHeader.compressed)]
    const start = at + length
    at = start + stored
    if (size < 0 || stored < 0 || at > content.length) throw new FooterError("has a page that lies outside of its column")
    const expands = Math.max(size, codec === zstd ? zstdBound(content.subarray(start + levelBytes(struct), at)) : 0)
    if (expands > largestPage)
      throw new FooterError(
        `has a page of ${stored} bytes that expands to ${expands}; a page may have ${largestPage}. Write it with smaller pages`,
      )
    bytes += size
    if (numberOf(struct, pageHeader.type) !== dictionaryType) values += valuesOf(struct)
    else if (isByteArray) {
      const entries = numberOf(structOf(struct, pageHeader.dictionaryPage), 1)
      // Each entry takes four bytes at least.
      if (entries < 0 || entries * 4 > size) throw new FooterError(`has a dictionary of ${size} bytes that claims ${entries} entries`)
      dictionaries.push({ page: content.subarray(start - length, at), entries, size })
    }
  }
  if (values > mostValues)
    throw new FooterError(`has ${values} values of a column in one row group; ${mostValues} are allowed. Write it with smaller row groups`)
  // A value of a small dictionary is no larger than the whole of it; where that tells enough, it
  // need not be decoded.
  const longest = ({ page, entries, size }: Dictionary): number =>
    entries === 0 || values * size <= negligible ? size : longestEntry(page, entries, codec)
  return { values, bytes, longestValue: Math.max(0, ...dictionaries.map(longest)) }
}

interface Dictionary {
  readonly page: Uint8Array
  readonly entries: number
  readonly size: number
}

/** Bytes that a column may expand to without its dictionary being looked at. */
const negligible = 2 ** 24

const headerAt = (content: Uint8Array, at: number) => {
  try {
    return decodePrefix(content.subarray(at))
  } catch (error) {
    if (error instanceof ThriftError) throw new FooterError(`has a damaged page header: it ${error.message}`)
    throw error
  }
}

const valuesOf = ({ fields }: Struct): number => {
  const page = fields.get(pageHeader.dataPage) ?? fields.get(pageHeader.dataPageV2)
  const values = page?.kind === "struct" ? numberOf(page, 1) : 0
  if (values < 0) throw new FooterError("has a page of a negative number of values")
  return values
}

const structOf = ({ fields }: Struct, field: number): Struct => {
  const value = fields.get(field)
  if (value?.kind !== "struct") throw new FooterError(`has a damaged footer: it lacks field ${field}`)
  return value
}

const numberOf = ({ fields }: Struct, field: number): number => {
  const value = fields.get(field)
  if (value === undefined || !("value" in value) || typeof value.value !== "bigint")
    throw new FooterError(`has a damaged page header: it lacks field ${field}`)
  return Number(value.value)
}

/**
 * Bytes in front of the compressed part of a page: of format 2 the levels, which are never
 * compressed.
 */
const levelBytes = ({ fields }: Struct): number => {
  const page = fields.get(pageHeader.dataPageV2)
  return page?.kind === "struct" ? numberOf(page, 5) + numberOf(page, 6) : 0
}

/** No block of a zstd frame holds more than this. */
const largestBlock = 2 ** 17

/**
 * The most bytes that zstd frames, one after another, can expand to, by the headers of their
 * blocks: the page header may lie about it. 0 if they are a block at most, or not zstd frames. RFC
 * 8878, section 3.1.1.
 */
const zstdBound = (frames: Uint8Array): number => {
  let bound = 0
  for (let at = 0; at + 6 <= frames.length && uint32(frames, at) === 0xfd2fb528; ) {
    const descriptor = frames[at + 4] as number
    const isSingle = (descriptor & 32) !== 0
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number
    at += 5 + (isSingle ? 0 : 1) + dictionaryBytes + sizeBytes
    for (let last = false; !last && at + 3 <= frames.length; ) {
      const header = (frames[at] as number) | ((frames[at + 1] as number) << 8) | ((frames[at + 2] as number) << 16)
      const [type, size] = [(header >> 1) & 3, header >> 3]
      last = (header & 1) === 1
      at += 3 + (type === 1 ? 1 : size)
      bound += type === 2 ? largestBlock : size
    }
    at += (descriptor & 4) === 0 ? 0 : 4
  }
  // Of one small block the page header tells more.
  return bound <= largestBlock ? 0 : bound
}

const uint32 = (bytes: Uint8Array, at: number): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)
