import { type Packed, packSequences, type Sequence } from "./packing.ts"

/** Rows of one call. */
const portion = 64

const nothing: Sequence = { prompt: new Int32Array(), response: new Int32Array() }

/** Any number of sequences, packed by portions. The last is filled up with nothing, so that its program may be that of another; `count` rows are sequences. */
export function* portions(
  sequences: ReadonlyArray<Sequence>,
  context: number,
): Generator<{ readonly packed: Packed; readonly count: number }, void, undefined> {
  for (let start = 0; start < sequences.length; start += portion) {
    const part = sequences.slice(start, start + portion)
    const full = Array.from({ length: portion }, (_, row) => part[row] ?? nothing)
    yield { packed: packSequences(full, context), count: part.length }
  }
}
