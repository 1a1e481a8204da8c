import * as fs from "node:fs"
import { Stream } from "effect"
import { DataFileError } from "../../data/error.ts"

/**
 * The bytes of a file, as many as it has when it is opened; from then on it may be removed. Fails
 * with a DataFileError where it cannot be read, and where it turns out shorter: the bytes before
 * that are not the file.
 */
export const fileBytes = (path: string): Stream.Stream<Uint8Array, DataFileError> =>
  Stream.suspend(() => Stream.fromAsyncIterable(bytesOf(path), (error) => unreadable(path, error)))

async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await fs.promises.open(path)
  try {
    const { size } = await file.stat()
    let read = 0
    for await (const piece of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      read += piece.length
      yield piece
    }
    if (read < size) throw new DataFileError(path, `was cut short while it was read: it had ${size} bytes, and ${read} were left`)
  } finally {
    await file.close()
  }
}

const unreadable = (path: string, error: unknown): DataFileError =>
  error instanceof DataFileError ? error : new DataFileError(path, `cannot be read: ${(error as Error).message}`, error)
