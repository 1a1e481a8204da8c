import { DataFileError } from "../error.ts"
import type { PromptRow, TextRow } from "../schema/index.ts"
import { conversationText, messages } from "./conversation.ts"
import { type ForeignRecord, has, text } from "./record.ts"
import type { DataSet } from "./shards.ts"
import { countOf, describeReading, newReading, readSplitRecords, type SplitRecord } from "./split-records.ts"
import type { SplitMap } from "./split-values.ts"
import { TextSplit } from "./text-split.ts"

export interface TextOptions {
  readonly columns: { readonly text: string; readonly kind?: string; readonly split?: string }
  /** The kind of all passages, or of those whose cell is empty. */
  readonly kind: string
  readonly splits: SplitMap
  readonly testFraction: number
  /** Of plain text: whether a passage is a line, or the lines up to one that is blank. */
  readonly passages: "lines" | "paragraphs"
  readonly prompts: ReadonlyArray<Pick<PromptRow, "prompt" | "split">>
}

export interface ImportedRows<Row> {
  readonly rows: ReadonlyArray<Row>
  /** What was left out of the data set so far, a sentence each. */
  readonly sentences: ReadonlyArray<string>
}

/** Rows per batch. */
export const rowsPerBatch = 4096

/**
 * The passages of a data set, in order and in batches, in bounded memory but for the prompts. Rows
 * without text are left out and counted. Fails as `readSplitRecords` does.
 */
export async function* importText(dataSet: DataSet, options: TextOptions): AsyncGenerator<ImportedRows<TextRow>, void, undefined> {
  const { columns, kind, splits, testFraction, passages, prompts } = options
  const reading = newReading(dataSet)
  const split = new TextSplit(prompts, testFraction)
  const mapping = { needed: { text: columns.text }, other: columns.kind === undefined ? [] : [columns.kind], split: columns.split, splits }
  const records = readSplitRecords(dataSet, mapping, reading)
  let empty = 0
  let text_id = 0
  let rows: Array<TextRow> = []
  const batch = (): ImportedRows<TextRow> => ({
    rows,
    sentences: [
      ...describeReading(reading),
      ...countOf(empty, reading.rows, "have no text and were left out"),
      ...countOf(split.moved, reading.rows, "were moved to the split of the prompt that they begin with"),
    ],
  })
  for await (const { record, split: given } of passages === "paragraphs" ? paragraphs(columns.text, records) : records) {
    const passage = has(record, columns.text) ? passageOf(record, columns.text) : ""
    if (passage.trim() === "") {
      empty++
      continue
    }
    rows.push({ text_id: text_id++, text: passage, kind: kindOf(record, columns.kind) ?? kind, split: split.of(passage, passage, given) })
    if (rows.length === rowsPerBatch) {
      yield batch()
      rows = []
    }
  }
  yield batch()
}

/** The text of a cell: text, or a conversation. */
const passageOf = (record: ForeignRecord, field: string): string => {
  const value = record.fields[field]
  return Array.isArray(value) ? conversationText(record, field, messages(record, field, value)) : text(record, field, value)
}

/** What a kind is called; classes may be numbers. */
export const kindOf = (record: ForeignRecord, column: string | undefined): string | undefined => {
  if (column === undefined || !has(record, column)) return undefined
  const value = record.fields[column]
  return typeof value === "number" || typeof value === "boolean" ? String(value) : text(record, column, value)
}

/** The lines of a column between those that are blank, put together; of no two files. */
async function* paragraphs(column: string, records: AsyncIterable<SplitRecord>): AsyncGenerator<SplitRecord, void, undefined> {
  let first: SplitRecord | undefined
  let lines: Array<string> = []
  function* finish(): Generator<SplitRecord, void, undefined> {
    if (first !== undefined) yield { ...first, record: { ...first.record, fields: { [column]: lines.join("\n") } } }
    first = undefined
    lines = []
  }
  for await (const each of records) {
    const names = Object.keys(each.record.fields)
    const line = each.record.fields[column]
    if (names.length !== 1 || typeof line !== "string")
      throw new DataFileError(each.file, `has columns ${names.join(", ")}, and passages: "paragraphs" is for plain text. Leave it out.`)
    if (first !== undefined && first.file !== each.file) yield* finish()
    if (line.trim() === "") yield* finish()
    else {
      first ??= each
      lines.push(line)
    }
  }
  yield* finish()
}
