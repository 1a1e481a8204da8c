import { batchSequences, type Sequence, type SequenceBatch, sequenceLength } from "../policy/sequence.ts"

/** Rows of one call. */
export const portion = 64

/**
 * Sequences in rectangles of `portion` rows, of which the first `filled` count. The last portion is filled up with its first row, so
 * that one program serves all of a length.
 */
export function* portions(
  sequences: ReadonlyArray<Sequence>,
  context: number,
): Generator<SequenceBatch & { readonly filled: number }, void, undefined> {
  for (let start = 0; start < sequences.length; start += portion) {
    const part = sequences.slice(start, start + portion)
    const full = Array.from({ length: portion }, (_, row) => part[row] ?? (part[0] as Sequence))
    yield { ...batchSequences(full, sequenceLength(full, context)), filled: part.length }
  }
}
