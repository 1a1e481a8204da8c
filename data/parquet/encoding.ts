import { Encoding } from "parquet-wasm"
import { match } from "ts-pattern"
import { bytesOf, type Chunk } from "./chunk.ts"
import type { Field } from "./field.ts"

/**
 * How a column's cells stand in the pages of one row group: as places in a dictionary, or in this
 * encoding.
 */
export type Layout = "dictionary" | Encoding

/**
 * Chosen by the cells of a row group alone, so that equal tables make equal files. Not of lists,
 * whose columns Parquet's encoder cannot name.
 */
export const layoutOf = ({ type }: Field, chunk: Chunk): Layout =>
  match(type)
    // Ids and steps mostly count up: their differences all but vanish.
    .with("int32", () => Encoding.DELTA_BINARY_PACKED)
    // A dictionary of cells that do not return is as long as they are, and finding that out takes
    // time.
    .with("float32", "float64", () => (returns(chunk) ? "dictionary" : Encoding.PLAIN))
    .with("utf8", () => (returns(chunk) ? "dictionary" : Encoding.DELTA_LENGTH_BYTE_ARRAY))
    .with("bool", () => Encoding.PLAIN)
    .with("list<int32>", "list<float32>", () => "dictionary" as const)
    .exhaustive()

/** As many cells as tell what the others are like. */
const sample = 1024

/** Whether at most half of the first cells are new. */
const returns = ({ length, offsets, values }: Chunk): boolean => {
  const bytes = bytesOf(values)
  const cells = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const seen = Math.min(length, sample)
  const distinct = new Set<string>()
  for (let row = 0; row < seen; row++) {
    const start = offsets === undefined ? row * values.BYTES_PER_ELEMENT : offsets[row]
    const end = offsets === undefined ? (row + 1) * values.BYTES_PER_ELEMENT : offsets[row + 1]
    distinct.add(cells.toString("latin1", start, end))
  }
  return distinct.size * 2 <= seen
}
