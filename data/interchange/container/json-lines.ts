import { type ForeignRecord, isObject } from "../record.ts"
import { type Line, readLines } from "./lines.ts"

/**
 * Reads JSON Lines, one object a line, blank lines left out, in bounded memory. `file` is what
 * errors call it. Fails with a LineError for a line that is not a JSON object, not UTF-8, or too
 * long.
 */
export async function* readJsonLines(file: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ForeignRecord, void, undefined> {
  for await (const { text, fault } of readLines(file, bytes)) {
    if (text.trim() === "") continue
    const fields = parse(text, fault)
    if (!isObject(fields)) throw fault(undefined, "is not a JSON object")
    yield { fields, fault }
  }
}

const parse = (text: string, fault: Line["fault"]): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw fault(undefined, `is not JSON: ${(error as Error).message}`)
  }
}
