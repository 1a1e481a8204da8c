/**
 * The cells of one column over some rows, in the one layout that equal cells have: rows are encoded
 * into it, decoded from it, and the logical digest is taken of it. Numbers are little-endian.
 *
 * `values` holds one entry a row (a boolean is a byte, 0 or 1), or, where `offsets` is present, row
 * i's bytes or numbers from `offsets[i]` to `offsets[i + 1]`, with `offsets[0]` = 0. `validity` has
 * a byte a row, 0 where the cell is null, and is absent where none is. A null has the value 0 or
 * the length 0. NaN has one bit pattern.
 */
export interface Chunk {
  readonly length: number
  readonly validity: Uint8Array | undefined
  readonly offsets: Int32Array | undefined
  readonly values: Values
}

export type Values = Uint8Array | Int32Array | Float32Array | Float64Array

/**
 * Gives every NaN the bit pattern of the literal: a 0/0 computed at run time has another one than a
 * constant.
 */
export const unifyNaN = (values: Values): void => {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return
  for (let index = 0; index < values.length; index++) if (Number.isNaN(values[index])) values[index] = Number.NaN
}

/** Whether a number is NaN. */
export const hasNaN = (values: Values): boolean => {
  for (let index = 0; index < values.length; index++) if (Number.isNaN(values[index])) return true
  return false
}

/** The same bytes, unsigned. */
export const bytesOf = (values: Values): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

/** The cells from row `start` up to `end`, as a view. */
export const sliceChunk = ({ validity, offsets, values }: Chunk, start: number, end: number): Chunk => ({
  length: end - start,
  validity: validity?.subarray(start, end),
  ...(offsets === undefined ? { offsets, values: values.subarray(start, end) } : sliceCells(offsets, values, start, end)),
})

const sliceCells = (offsets: Int32Array, values: Values, start: number, end: number) => {
  const first = offsets[start] as number
  return {
    offsets: offsets.subarray(start, end + 1).map((offset) => offset - first),
    values: values.subarray(first, offsets[end]),
  }
}
