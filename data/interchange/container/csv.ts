import { Readable } from "node:stream"
import { CsvError, parse } from "csv-parse"
import { DataFileError, LineError } from "../../error.ts"
import type { ForeignRecord } from "../record.ts"
import { decodeText } from "./decode-text.ts"
import { longestLine } from "./lines.ts"

/** What csv-parse yields: the cells of a row, and how many lines have been read with it. */
interface ParsedRow {
  readonly record: ReadonlyArray<string | null>
  readonly info: { readonly lines: number }
}

/**
 * Reads a table of text with a header, quoted as RFC 4180 has it, in bounded memory. Cells are
 * text; an empty one is null unless it is quoted, as pandas and `datasets` read it. `see` is told
 * the header. A row's place is the line on which it ends, from 1. Fails with a LineError for a row
 * that has another number of cells than the header or a stray quote, with a DataFileError for a
 * header that names a column twice, or what is not UTF-8.
 */
export async function* readCsv(
  file: string,
  bytes: AsyncIterable<Uint8Array>,
  delimiter: string,
  see: (present: ReadonlyArray<string>, ofAll: true) => void,
): AsyncGenerator<ForeignRecord, void, undefined> {
  let header: ReadonlyArray<string> | undefined
  for await (const { record, info } of parsedRows(file, bytes, delimiter)) {
    if (header === undefined) {
      header = headerOf(file, record)
      see(header, true)
      continue
    }
    const fault = (field: string | undefined, reason: string): LineError => new LineError(file, info.lines, field, reason)
    if (record.length !== header.length)
      throw fault(undefined, `ends a row of ${record.length} cells; the header has ${header.length}: ${header.join(", ")}`)
    yield { fields: Object.fromEntries(header.map((name, index) => [name, record[index]])), fault }
  }
}

const headerOf = (file: string, record: ParsedRow["record"]): ReadonlyArray<string> => {
  const header = record.map((name) => name ?? "")
  const twice = header.find((name, index) => header.indexOf(name) !== index)
  if (twice !== undefined) throw new DataFileError(file, `has two columns called "${twice}" (header: ${header.join(", ")})`)
  return header
}

async function* parsedRows(file: string, bytes: AsyncIterable<Uint8Array>, delimiter: string): AsyncGenerator<ParsedRow, void, undefined> {
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: longestLine,
    cast: (cell, { quoting }) => (cell === "" && !quoting ? null : cell),
  })
  const input = Readable.from(decodeText(file, bytes))
  input.on("error", (error) => parser.destroy(error))
  input.pipe(parser)
  try {
    for await (const row of parser) yield row as ParsedRow
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines } = error as CsvError & { readonly lines: number }
    throw new LineError(file, lines, undefined, `is not CSV as RFC 4180 has it: ${error.message}`)
  } finally {
    input.destroy()
  }
}
