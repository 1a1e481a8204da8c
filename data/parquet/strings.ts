import { isAscii } from "node:buffer"

/**
 * Text columns pass between JavaScript and UTF-8 in runs of a thousand cells, one call a run: a
 * call a cell costs several times what the bytes cost. A run of ASCII, which is nearly every run,
 * then needs no look at its bytes: units are bytes.
 */
export const run = 1024

const encoder = new TextEncoder()

/** A string in which a surrogate stands alone has no UTF-8. */
const loneSurrogate = /\p{Surrogate}/u

/** A string that UTF-8 cannot express; `index` is its place among the cells collected. */
export class IllFormedString extends Error {
  override readonly name = "IllFormedString"
  readonly column: string
  readonly index: number
  constructor(column: string, index: number) {
    super("holds half of a surrogate pair, which UTF-8 cannot express")
    this.column = column
    this.index = index
  }
}

/**
 * Collects the UTF-8 of cells end to end, and where each begins. Its memory is used again for what
 * comes next.
 */
export interface StringEncoder {
  readonly length: () => number
  /** Adds a run of cells. Throws an IllFormedString. */
  readonly encode: (cells: ReadonlyArray<string>) => void
  /**
   * Hands over what has been collected, and starts again. The arrays are valid until the next
   * `encode`.
   */
  readonly take: () => { readonly offsets: Int32Array; readonly values: Uint8Array }
}

export const stringEncoder = (column: string): StringEncoder => {
  let offsets = new Int32Array(run + 1)
  let bytes = Buffer.alloc(0)
  let length = 0
  let filled = 0

  const room = (more: number): void => {
    if (filled + more <= bytes.length) return
    const larger = Buffer.alloc(bytes.length * 2 + more)
    larger.set(bytes.subarray(0, filled))
    bytes = larger
  }
  /**
   * How many bytes were written at the end of what is filled. A UTF-16 unit takes three at most;
   * room for that is made only where it is needed.
   */
  const write = (text: string): number => {
    room(text.length)
    const { read, written } = encoder.encodeInto(text, bytes.subarray(filled))
    if (read === text.length) return written
    room(text.length * 3)
    return encoder.encodeInto(text, bytes.subarray(filled)).written
  }
  const encode = (cells: ReadonlyArray<string>): void => {
    if (offsets.length <= length + cells.length) {
      const larger = new Int32Array((length + cells.length) * 2 + 1)
      larger.set(offsets.subarray(0, length + 1))
      offsets = larger
    }
    const first = cells[0] ?? ""
    // Keys and names of sources stand the same in every row: one is encoded, the rest is copied.
    const same = cells.every((cell) => cell === first)
    const text = same ? first : cells.join("")
    const written = write(text)
    const ascii = written === text.length
    if (same) {
      if (!ascii && loneSurrogate.test(first)) throw new IllFormedString(column, length)
      const total = written * cells.length
      const cell = bytes.toString("latin1", filled, filled + written)
      room(total)
      if (written > 0) bytes.fill(cell, filled, filled + total, "latin1")
      for (let index = 1; index <= cells.length; index++) offsets[length + index] = filled + written * index
      filled += total
    } else {
      for (const [index, cell] of cells.entries()) {
        if (!ascii && loneSurrogate.test(cell)) throw new IllFormedString(column, length + index)
        offsets[length + index + 1] = (offsets[length + index] as number) + (ascii ? cell.length : Buffer.byteLength(cell))
      }
      filled += written
    }
    length += cells.length
  }
  return {
    length: () => length,
    encode,
    take: () => {
      const taken = { offsets: offsets.subarray(0, length + 1), values: bytes.subarray(0, filled) }
      length = 0
      filled = 0
      return taken
    },
  }
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
