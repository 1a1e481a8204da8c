import { writeFile } from "node:fs/promises"
import { DataFileError } from "./error.ts"

/**
 * Writes a file piece by piece, as they come; an existing file is replaced. When this returns or
 * throws, no piece is being made any more: what they are read from can be closed. Fails with a
 * DataFileError if the disk refuses, and with whatever the pieces throw.
 */
export const writePieces = async (
  file: string,
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): Promise<void> => {
  try {
    await writeFile(file, pieces)
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw new DataFileError(file, `cannot be written: ${error.message}`, error)
    throw error
  }
}
