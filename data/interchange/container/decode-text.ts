import { DataFileError } from "../../error.ts"

/**
 * Bytes as text, piece by piece, without a byte order mark. Fails with a DataFileError where they
 * are not UTF-8.
 */
export async function* decodeText(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch {
      throw new DataFileError(file, "is not UTF-8")
    }
  }
  for await (const chunk of bytes) yield decode(chunk)
  yield decode()
}
