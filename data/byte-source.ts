/**
 * Bytes that can be read from any place, wherever they are kept: a file on disk, an artifact of a
 * run.
 */
export interface ByteSource {
  /** What errors call it. */
  readonly name: string
  readonly size: number
  /** The bytes from `start` up to `end`. Fails with a DataFileError if they cannot be had. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>
}

/** Bytes read at a time. */
const piece = 2 ** 20

/** All bytes from the first to the last, in pieces. */
export async function* piecesOf({ size, read }: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < size; start += piece) yield await read(start, Math.min(start + piece, size))
}
