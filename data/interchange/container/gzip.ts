import { Readable } from "node:stream"
import { createGunzip } from "node:zlib"
import { DataFileError } from "../../error.ts"

/**
 * What a gzip stream holds, piece by piece. Fails with a DataFileError where it is truncated or
 * damaged; what feeds it may fail in its own way.
 */
export async function* decompressed(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip()
  const input = Readable.from(bytes)
  input.on("error", (error) => gunzip.destroy(error))
  input.pipe(gunzip)
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code?.startsWith("Z_") ? new DataFileError(file, `is damaged gzip: ${(error as Error).message}`, error) : error
  } finally {
    input.destroy()
  }
}
