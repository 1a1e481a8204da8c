import { JSONParser } from "@streamparser/json"
import { DataFileError } from "../../error.ts"
import { type ForeignRecord, faultAtRow, isObject, spell } from "../record.ts"
import { decodeText } from "./decode-text.ts"

/** Characters that one value may take, and so the memory. */
const longestValue = 16 * 2 ** 20

/**
 * Reads JSON over several lines: a list of objects, an object at a time, or objects one behind the
 * other. A single object stands for those in its list `data`. Records count from 0. Fails with a
 * DataFileError for what is not JSON, not UTF-8, or an object of more than 16 Mi characters, and
 * for a record that is not an object.
 */
export async function* readJsonDocument(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  isList: boolean,
): AsyncGenerator<ForeignRecord, void, undefined> {
  const values = valuesOf(file, bytes, isList)
  let row = 0
  for await (const fields of isList ? values : unwrapped(values)) {
    const fault = faultAtRow(file, row++)
    if (!isObject(fields)) throw fault(undefined, `is ${spell(fields)}; expected an object`)
    yield { fields, fault }
  }
}

/** These values; if there is but one, and it wraps a list of records, these. */
async function* unwrapped(values: AsyncIterable<unknown>): AsyncGenerator<unknown, void, undefined> {
  let held: ReadonlyArray<unknown> = []
  let count = 0
  for await (const value of values) {
    yield* held
    held = count++ === 0 ? [value] : []
    if (held.length === 0) yield value
  }
  for (const value of held) yield* (isObject(value) && dataOf(value)) || [value]
}

/**
 * The records that an object wraps: those of its list `data`, as `datasets` calls the field, if all
 * else in it are texts and numbers, such as a version.
 */
export const dataOf = ({ data, ...others }: Readonly<Record<string, unknown>>): ReadonlyArray<unknown> | undefined =>
  Array.isArray(data) && data.length > 0 && data.every(isObject) && Object.values(others).every((value) => typeof value !== "object")
    ? data
    : undefined

/** Whether these bytes are the beginning of a JSON value that goes on behind them. */
export const isUnfinished = (beginning: string): boolean => {
  try {
    const parser = new JSONParser({ paths: ["$"], keepStack: false })
    parser.onValue = () => {}
    parser.write(beginning)
    return !parser.isEnded
  } catch {
    return false
  }
}

/** The members of the one list, or all objects that stand behind each other. */
async function* valuesOf(file: string, bytes: AsyncIterable<Uint8Array>, isList: boolean): AsyncGenerator<unknown, void, undefined> {
  const parser = isList
    ? new JSONParser({ paths: ["$.*"], keepStack: false })
    : new JSONParser({ paths: ["$"], separator: "", keepStack: false })
  let complete: Array<unknown> = []
  let waiting = 0
  let line = 1
  parser.onValue = ({ value }) => {
    complete.push(value)
    waiting = 0
  }
  const parse = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      throw new DataFileError(file, `is not JSON (line ${line}): ${(error as Error).message}`, error)
    }
  }
  for await (const text of decodeText(file, bytes)) {
    for (const part of text.split(/(?<=\n)/)) {
      waiting += part.length
      if (!parser.isEnded || part.trim() !== "") parse(() => parser.write(part))
      if (part.endsWith("\n")) line++
      if (waiting > longestValue)
        throw new DataFileError(file, `has a JSON value of more than ${longestValue} characters (it ends behind line ${line}). ${remedy}`)
      yield* complete
      complete = []
    }
  }
  if (!parser.isEnded) parse(() => parser.end())
  yield* complete
}

const remedy = "Write one object a line (JSON Lines), such as with `jq -c '.data[]'`."
