import { type Packed, packSequences, type Sequence } from "./packing.ts"

/** Rows of one call. */
const rowsPerBatch = 64

const nothing: Sequence = { prompt: new Int32Array(), response: new Int32Array() }

/**
 * Any number of sequences, packed in batches. The last is filled up with empty rows, so that its
 * program may be that of another; `count` rows are sequences.
 */
export function* packInBatches(
  sequences: ReadonlyArray<Sequence>,
  context: number,
): Generator<{ readonly packed: Packed; readonly count: number }, void, undefined> {
  for (let start = 0; start < sequences.length; start += rowsPerBatch) {
    const part = sequences.slice(start, start + rowsPerBatch)
    const full = Array.from({ length: rowsPerBatch }, (_, row) => part[row] ?? nothing)
    yield { packed: packSequences(full, context), count: part.length }
  }
}
