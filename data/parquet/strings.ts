import { isAscii } from "node:buffer"

/**
 * Text columns pass between JavaScript and UTF-8 in runs of a thousand cells, one call a run: a call a cell costs several
 * times what the bytes cost. A run of ASCII, which is nearly every run, then needs no look at its bytes: units are bytes.
 */
const run = 1024

const encoder = new TextEncoder()

/** A string in which a surrogate stands alone has no UTF-8. */
const loneSurrogate = /\p{Surrogate}/u

/** A string that UTF-8 cannot express; `index` is its place among the cells. */
export class IllFormedString extends Error {
  override readonly name = "IllFormedString"
  readonly index: number
  constructor(index: number) {
    super("holds half of a surrogate pair, which UTF-8 cannot express")
    this.index = index
  }
}

/** The cells' UTF-8 end to end, and where each begins. Throws an IllFormedString. */
export const encodeStrings = (cells: ReadonlyArray<string>): { readonly offsets: Int32Array; readonly values: Uint8Array } => {
  const offsets = new Int32Array(cells.length + 1)
  let bytes = new Uint8Array(cells.reduce((sum, cell) => sum + cell.length, 64))
  let filled = 0
  for (let start = 0; start < cells.length; start += run) {
    const end = Math.min(start + run, cells.length)
    const joined = cells.slice(start, end).join("")
    // A UTF-16 unit takes three bytes at most; room for that is made only for a run that turns out not to be ASCII.
    let { read, written } = encoder.encodeInto(joined, bytes.subarray(filled))
    if (read < joined.length) {
      const larger = new Uint8Array(bytes.length * 2 + joined.length * 3)
      larger.set(bytes.subarray(0, filled))
      bytes = larger
      ;({ read, written } = encoder.encodeInto(joined, bytes.subarray(filled)))
    }
    const ascii = written === joined.length
    let at = filled
    for (let index = start; index < end; index++) {
      const cell = cells[index] as string
      if (!ascii && loneSurrogate.test(cell)) throw new IllFormedString(index)
      at += ascii ? cell.length : Buffer.byteLength(cell)
      offsets[index + 1] = at
    }
    filled += written
  }
  return { offsets, values: bytes.subarray(0, filled) }
}

/** The inverse. `bytes` must be valid UTF-8. */
export const decodeStrings = (offsets: Int32Array, bytes: Uint8Array): Array<string> => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = offsets.length - 1
  const cells = new Array<string>(length)
  for (let start = 0; start < length; start += run) {
    const end = Math.min(start + run, length)
    const first = offsets[start] as number
    const last = offsets[end] as number
    if (isAscii(buffer.subarray(first, last))) {
      const joined = buffer.toString("latin1", first, last)
      for (let index = start; index < end; index++)
        cells[index] = joined.slice((offsets[index] as number) - first, (offsets[index + 1] as number) - first)
    } else {
      for (let index = start; index < end; index++) cells[index] = buffer.toString("utf8", offsets[index], offsets[index + 1])
    }
  }
  return cells
}
