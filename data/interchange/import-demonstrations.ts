import type { DemonstrationRow } from "../schema/index.ts"
import { messages, promptText, responseText } from "./conversation.ts"
import { type ImportedRows, kindOf, rowsPerBatch, type TextOptions } from "./import-text.ts"
import { type ForeignRecord, has, text } from "./record.ts"
import type { DataSet } from "./shards.ts"
import { countOf, describeReading, newReading, readSplitRecords } from "./split-records.ts"
import { TextSplit } from "./text-split.ts"

export interface DemonstrationOptions extends Omit<TextOptions, "columns" | "passages"> {
  readonly columns: DemonstrationColumns
}

/** A prompt and a response, or a conversation that ends with a response. */
export type DemonstrationColumns = { readonly kind?: string; readonly split?: string } & (
  | { readonly prompt: string; readonly response: string }
  | { readonly messages: string }
)

interface Demonstration {
  readonly prompt: string
  readonly response: string
}

/**
 * The demonstrations of a data set, in order and in batches, in bounded memory but for the prompts.
 * A prompt loses the white space at its end, and a response begins with a space. Rows without a
 * prompt or a response are left out and counted. Fails as `readSplitRecords` does.
 */
export async function* importDemonstrations(
  dataSet: DataSet,
  { columns, kind, splits, testFraction, prompts }: DemonstrationOptions,
): AsyncGenerator<ImportedRows<DemonstrationRow>, void, undefined> {
  const reading = newReading(dataSet)
  const split = new TextSplit(prompts, testFraction)
  const needed: Readonly<Record<string, string>> =
    "messages" in columns ? { messages: columns.messages } : { prompt: columns.prompt, response: columns.response }
  const mapping = { needed, other: columns.kind === undefined ? [] : [columns.kind], split: columns.split, splits }
  let empty = 0
  let text_id = 0
  let rows: Array<DemonstrationRow> = []
  const batch = (): ImportedRows<DemonstrationRow> => ({
    rows,
    sentences: [
      ...describeReading(reading),
      ...countOf(empty, reading.rows, "have no prompt or no response and were left out"),
      ...countOf(split.moved, reading.rows, "were moved to the split of the prompt that they begin with"),
    ],
  })
  for await (const { record, split: given } of readSplitRecords(dataSet, mapping, reading)) {
    const found = "messages" in columns ? fromMessages(record, columns.messages) : fromColumns(record, columns.prompt, columns.response)
    if (found === undefined) {
      empty++
      continue
    }
    const passage = found.prompt + found.response
    rows.push({
      text_id: text_id++,
      text: passage,
      kind: kindOf(record, columns.kind) ?? kind,
      split: split.of(passage, found.prompt, given),
      response_start: found.prompt.length,
    })
    if (rows.length === rowsPerBatch) {
      yield batch()
      rows = []
    }
  }
  yield batch()
}

const fromMessages = (record: ForeignRecord, field: string): Demonstration | undefined => {
  if (!has(record, field)) return undefined
  const conversation = messages(record, field, record.fields[field])
  if (conversation.length === 0) return undefined
  return {
    prompt: promptText(record, field, conversation.slice(0, -1)),
    response: responseText(record, field, conversation.slice(-1)),
  }
}

const fromColumns = (record: ForeignRecord, promptField: string, responseField: string): Demonstration | undefined => {
  if (!has(record, promptField) || !has(record, responseField)) return undefined
  const [prompt, response] = [record.fields[promptField], record.fields[responseField]]
  const start = (
    Array.isArray(prompt) ? promptText(record, promptField, messages(record, promptField, prompt)) : text(record, promptField, prompt)
  ).trimEnd()
  const end = Array.isArray(response)
    ? responseText(record, responseField, messages(record, responseField, response))
    : text(record, responseField, response)
  if (start === "" || end.trim() === "") return undefined
  return { prompt: start, response: /^\s/.test(end) ? end : ` ${end}` }
}
