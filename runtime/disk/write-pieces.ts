import { createHash } from "node:crypto"
import { type FileHandle, open } from "node:fs/promises"

/** A file as it was written: its length and its SHA-256, 64 hex digits. */
export interface WrittenFile {
  readonly bytes: number
  readonly sha256: string
}

/**
 * Writes a file in pieces, of which one is in memory at a time, and hashes each while it is
 * written. Throws what the file system and the pieces throw.
 */
export const writePieces = async (file: string, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<WrittenFile> => {
  const hash = createHash("sha256")
  let bytes = 0
  const handle = await open(file, "w")
  try {
    for await (const piece of pieces) {
      if (!(piece instanceof Uint8Array)) throw new TypeError(`a file is written in pieces of bytes (Uint8Array), got ${typeof piece}`)
      for (let start = 0; start < piece.length; start += partBytes) {
        const part = piece.subarray(start, start + partBytes)
        const writing = writeAll(handle, part)
        // Awaited below, but it may fail before.
        writing.catch(() => {})
        hash.update(part)
        await writing
      }
      bytes += piece.length
    }
  } finally {
    await handle.close()
  }
  return { bytes, sha256: hash.digest("hex") }
}

/** Bytes that are hashed and written at once: Node takes less than 2 GiB. */
const partBytes = 2 ** 30

const writeAll = async (handle: FileHandle, part: Uint8Array): Promise<void> => {
  for (let start = 0; start < part.length; ) start += (await handle.write(part, start)).bytesWritten
}
