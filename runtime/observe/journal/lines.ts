import * as fs from "node:fs"

/** Reads the whole lines of a file that another process appends to, or replaces. */
export interface LineReader {
  /**
   * The next lines; none if there are no new ones. A line that has no end yet is left for later.
   * Where the file was replaced, what is left of the old one comes first, then the new one from its
   * beginning.
   */
  readonly next: () => ReadonlyArray<string>
  readonly close: () => void
}

/** Bytes that are read at a time. */
const chunkBytes = 2 ** 20

const lineFeed = 10

export const readLines = (file: string): LineReader => {
  const chunk = Buffer.alloc(chunkBytes)
  let open: { readonly descriptor: number; readonly inode: number } | null = null
  let position = 0
  /** What was read of a line without its end. */
  let rest: ReadonlyArray<Buffer> = []

  const close = (): void => {
    if (open !== null) fs.closeSync(open.descriptor)
    open = null
    position = 0
    rest = []
  }
  const reopen = (): boolean => {
    close()
    try {
      const descriptor = fs.openSync(file, "r")
      open = { descriptor, inode: fs.fstatSync(descriptor).ino }
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return false
      throw error
    }
  }
  const isReplaced = (): boolean => {
    const inode = fs.statSync(file, { throwIfNoEntry: false })?.ino
    return inode !== undefined && inode !== open?.inode
  }
  const read = (): ReadonlyArray<string> | null => {
    if (open === null) return null
    const length = fs.readSync(open.descriptor, chunk, 0, chunkBytes, position)
    if (length === 0) return null
    position += length
    const bytes = chunk.subarray(0, length)
    const end = bytes.lastIndexOf(lineFeed)
    if (end === -1) {
      rest = [...rest, Buffer.from(bytes)]
      return read()
    }
    const lines = Buffer.concat([...rest, bytes.subarray(0, end)])
      .toString()
      .split("\n")
    rest = end + 1 < length ? [Buffer.from(bytes.subarray(end + 1))] : []
    return lines
  }
  return {
    next: () => {
      if (open === null && !reopen()) return []
      return read() ?? (isReplaced() && reopen() ? read() : null) ?? []
    },
    close,
  }
}
