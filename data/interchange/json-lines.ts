import { createReadStream } from "node:fs"
import { DataFileError, LineError } from "../error.ts"

/** A line longer than this many bytes is refused: no preference is, and a file without line ends would fill the memory. */
const longestLine = 16 * 2 ** 20

/** One line of a JSON Lines file; `line` counts from 1. */
export interface JsonLine {
  readonly line: number
  readonly value: unknown
}

/**
 * Reads JSON Lines, blank lines left out, in bounded memory. Fails with a DataFileError if the file cannot be read, with a
 * LineError for a line that is no JSON, no UTF-8, or too long.
 */
export async function* readJsonLines(file: string): AsyncGenerator<JsonLine, void, undefined> {
  let line = 0
  for await (const bytes of lines(file)) {
    line++
    if (bytes.length > longestLine) throw new LineError(file, line, undefined, `is longer than ${longestLine} bytes; is this JSON Lines?`)
    const text = decode(file, line, bytes)
    if (text.trim() !== "") yield { line, value: parse(file, line, text) }
  }
}

const lineEnd = 0x0a

/** The file cut at its line ends. A line that grows beyond the longest is handed over as far as it got. */
async function* lines(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  let rest: Array<Uint8Array> = []
  let waiting = 0
  for await (const chunk of chunks(file)) {
    let start = 0
    for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)])
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

async function* chunks(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createReadStream(file)
  try {
    for await (const chunk of stream) yield chunk as Uint8Array
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT"
    throw new DataFileError(file, missing ? "does not exist" : `cannot be read: ${(error as Error).message}`, error)
  }
}

const decode = (file: string, line: number, bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    throw new LineError(file, line, undefined, "is not UTF-8")
  }
}

const parse = (file: string, line: number, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new LineError(file, line, undefined, `is no JSON: ${(error as Error).message}`)
  }
}
