import { LineError } from "../error.ts"
import { type ForeignRecord, isObject } from "./record.ts"

/**
 * A line longer than this many bytes is refused: no preference is, and a file without line ends
 * would fill the memory.
 */
const longestLine = 16 * 2 ** 20

/**
 * Reads JSON Lines, one object a line, blank lines left out, in bounded memory. `file` is what
 * errors call it. Fails with a LineError for a line that is not a JSON object, not UTF-8, or too
 * long.
 */
export async function* readJsonLines(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ForeignRecord, void, undefined> {
  let line = 0
  for await (const content of lines(bytes)) {
    const place = ++line
    const fault = (field: string | undefined, reason: string): LineError => new LineError(file, place, field, reason)
    if (content.length > longestLine) throw fault(undefined, `is longer than ${longestLine} bytes; is this JSON Lines?`)
    const text = decode(content, fault)
    if (text.trim() === "") continue
    const fields = parse(text, fault)
    if (!isObject(fields)) throw fault(undefined, "is not a JSON object")
    yield { fields, fault }
  }
}

const lineEnd = 0x0a

/**
 * The bytes cut at their line ends. A line that grows beyond the longest is yielded as far as it
 * got.
 */
async function* lines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
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

type Fault = ForeignRecord["fault"]

const decode = (bytes: Uint8Array, fault: Fault): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    throw fault(undefined, "is not UTF-8")
  }
}

const parse = (text: string, fault: Fault): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw fault(undefined, `is not JSON: ${(error as Error).message}`)
  }
}
