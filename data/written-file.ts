import { createWriteStream } from "node:fs"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { DataFileError } from "./error.ts"

/**
 * Writes a file piece by piece, as they come; an existing file is replaced. Fails with a
 * DataFileError if the disk refuses, and with whatever the pieces throw.
 */
export const writePieces = async (
  file: string,
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): Promise<void> => {
  try {
    await pipeline(Readable.from(pieces), createWriteStream(file))
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw new DataFileError(file, `cannot be written: ${error.message}`, error)
    throw error
  }
}
