/**
 * The longest entry of a dictionary page, found by decoding the dictionary alone: a file is made of
 * it with one page that refers to each entry once. What a column can expand to is then known before
 * it is decoded. Field numbers are those of apache/parquet-format, src/main/thrift/parquet.thrift.
 */

import { decodeFile } from "./codec.ts"
import { fileStart } from "./footer.ts"
import { encodeStruct, type Struct, type Value } from "./thrift.ts"

const byteArray = 6
const rleDictionary = 8
const dataPageV2 = 3

/**
 * `page` is a dictionary page of byte arrays with its header, in this codec. Throws what the
 * decoder throws if it is damaged.
 */
export const longestEntry = (page: Uint8Array, entries: number, codec: number): number => {
  const indices = everyIndex(entries)
  const header = encodeStruct(
    struct([
      [1, i32(dataPageV2)],
      [2, i32(indices.length)],
      [3, i32(indices.length)],
      [
        8,
        struct([
          [1, i32(entries)],
          [2, i32(0)],
          [3, i32(entries)],
          [4, i32(rleDictionary)],
          [5, i32(0)],
          [6, i32(0)],
          [7, { kind: "bool", value: false }],
        ]),
      ],
    ]),
  )
  const start = fileStart()
  const pages = Buffer.concat([page, header, indices])
  const footer = encodeStruct(footerOf(start.length, page.length, pages.length, entries, codec))
  const end = new Uint8Array(4)
  new DataView(end.buffer).setUint32(0, footer.length, true)
  const table = decodeFile(Buffer.concat([start, pages, footer, end, start]), entries)
  let longest = 0
  for (const { data } of table.batches) {
    const offsets = data.children[0]?.valueOffsets as Int32Array
    for (let index = 1; index < offsets.length; index++)
      longest = Math.max(longest, (offsets[index] as number) - (offsets[index - 1] as number))
  }
  return longest
}

/**
 * 0 to count − 1 in the hybrid encoding of dictionary indices: the width in bits, then one run of
 * bit-packed groups of eight.
 */
const everyIndex = (count: number): Uint8Array => {
  const width = Math.max(1, Math.ceil(Math.log2(count)))
  const groups = Math.ceil(count / 8)
  const packed = new Uint8Array(groups * width)
  for (let index = 0; index < count; index++) {
    for (let bit = 0, at = index * width; bit < width; bit++, at++)
      packed[at >> 3] = (packed[at >> 3] as number) | (((index >> bit) & 1) << (at & 7))
  }
  const head: Array<number> = [width]
  let left = groups * 2 + 1
  for (; left > 0x7f; left = Math.floor(left / 128)) head.push((left & 0x7f) | 0x80)
  return Buffer.concat([Uint8Array.from([...head, left]), packed])
}

const footerOf = (start: number, dictionary: number, bytes: number, entries: number, codec: number): Struct => {
  const leaf = struct([
    [1, i32(byteArray)],
    [3, i32(0)],
    [4, binary("v")],
  ])
  const root = struct([
    [4, binary("schema")],
    [5, i32(1)],
  ])
  const column = struct([
    [1, i32(byteArray)],
    [2, { kind: "list", of: 5, items: [i32(0), i32(rleDictionary)] }],
    [3, { kind: "list", of: 8, items: [binary("v")] }],
    [4, i32(codec)],
    [5, i64(entries)],
    [6, i64(bytes)],
    [7, i64(bytes)],
    [9, i64(start + dictionary)],
    [11, i64(start)],
  ])
  const chunk = struct([
    [2, i64(start)],
    [3, column],
  ])
  const group = struct([
    [1, { kind: "list", of: 12, items: [chunk] }],
    [2, i64(bytes)],
    [3, i64(entries)],
  ])
  return struct([
    [1, i32(2)],
    [2, { kind: "list", of: 12, items: [root, leaf] }],
    [3, i64(entries)],
    [4, { kind: "list", of: 12, items: [group] }],
  ])
}

const struct = (fields: ReadonlyArray<readonly [number, Value]>): Struct => ({ kind: "struct", fields: new Map(fields) })
const i32 = (value: number): Value => ({ kind: "i32", value: BigInt(value) })
const i64 = (value: number): Value => ({ kind: "i64", value: BigInt(value) })
const binary = (text: string): Value => ({ kind: "binary", bytes: new TextEncoder().encode(text) })
