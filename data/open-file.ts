import { type FileHandle, open } from "node:fs/promises"
import type { ByteSource } from "./byte-source.ts"
import { DataFileError } from "./error.ts"

/**
 * Opens a file to be read, until it is closed. Fails with a DataFileError if it does not exist or
 * cannot be read.
 */
export const openFile = async (path: string): Promise<ByteSource & { readonly close: () => Promise<void> }> => {
  const handle = await diskSays(path, () => open(path, "r"))
  const { size } = await diskSays(path, () => handle.stat())
  return { name: path, size, read: (start, end) => read(path, handle, start, end), close: () => handle.close() }
}

const read = async (path: string, handle: FileHandle, start: number, end: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(end - start)
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await diskSays(path, () => handle.read(bytes, filled, bytes.length - filled, start + filled))
    if (bytesRead === 0) throw new DataFileError(path, "ended while it was read")
    filled += bytesRead
  }
  return bytes
}

const diskSays = async <A>(path: string, act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT"
    throw new DataFileError(path, missing ? "does not exist" : `cannot be read: ${(error as Error).message}`, error)
  }
}
