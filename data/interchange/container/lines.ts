import { LineError } from "../../error.ts"
import type { ForeignRecord } from "../record.ts"

/**
 * A line longer than this many bytes is refused: no passage is, and a file without line ends would
 * fill the memory.
 */
export const longestLine = 16 * 2 ** 20

export interface Line {
  /** Without its end. */
  readonly text: string
  /** The error for what is wrong with this line. */
  readonly fault: ForeignRecord["fault"]
}

const lineEnd = 0x0a

/**
 * The lines of a text, counted from 1, in bounded memory; a byte order mark in front of the first
 * and the `\r` of Windows at their ends are left out. `file` is what errors call it. Fails with a
 * LineError for a line that is not UTF-8, or too long.
 */
export async function* readLines(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void, undefined> {
  let line = 0
  for await (const content of cut(bytes)) {
    const place = ++line
    const fault = (field: string | undefined, reason: string): LineError => new LineError(file, place, field, reason)
    if (content.length > longestLine) throw fault(undefined, `is longer than ${longestLine} bytes; is this a file of lines?`)
    yield { text: decode(content, fault), fault }
  }
}

/**
 * The bytes cut at their line ends. A line that grows beyond the longest is yielded as far as it
 * got.
 */
async function* cut(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Array<Uint8Array> = []
  let waiting = 0
  for await (const chunk of bytes) {
    let start = 0
    for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, start)) {
      yield rest.length === 0 ? chunk.subarray(start, end) : Buffer.concat([...rest, chunk.subarray(start, end)])
      rest = []
      waiting = 0
      start = end + 1
    }
    rest.push(chunk.subarray(start))
    waiting += chunk.length - start
    if (waiting > longestLine) break
  }
  if (waiting > 0) yield Buffer.concat(rest)
}

const decode = (bytes: Uint8Array, fault: Line["fault"]): string => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes)
    return text.endsWith("\r") ? text.slice(0, -1) : text
  } catch {
    throw fault(undefined, "is not UTF-8")
  }
}
