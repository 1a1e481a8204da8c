import type { PromptRow } from "../schema/index.ts"
import { type Split, splitBy } from "../split.ts"
import { messages, promptText } from "./conversation.ts"
import type { ImportedRows } from "./import-text.ts"
import { type ForeignRecord, has, text } from "./record.ts"
import type { DataSet } from "./shards.ts"
import { countOf, describeReading, newReading, readSplitRecords } from "./split-records.ts"
import type { SplitMap } from "./split-values.ts"
import { importDraw } from "./text-split.ts"

export interface PromptOptions {
  readonly columns: { readonly prompt: string; readonly split?: string }
  readonly splits: SplitMap
  readonly testFraction: number
}

/** Characters of a prompt that an error shows. */
const shownCharacters = 80

/**
 * The prompts of a data set, each once, in the order in which they come; all of them are held in
 * memory. White space at an end is cut off. Without a split, a hash of the shortest prompt that
 * begins one draws it. Fails as `readSplitRecords` does, and where a prompt is in both splits.
 */
export const importPrompts = async (
  dataSet: DataSet,
  { columns, splits, testFraction }: PromptOptions,
): Promise<ImportedRows<PromptRow>> => {
  const reading = newReading(dataSet)
  const counts = { empty: 0, trimmed: 0, answered: 0, repeated: 0 }
  const known = new Map<string, Split | null>()
  const mapping = { needed: { prompt: columns.prompt }, other: [], split: columns.split, splits }
  for await (const { record, split } of readSplitRecords(dataSet, mapping, reading)) {
    const { whole, answered } = promptOf(record, columns.prompt)
    const prompt = whole.trimEnd()
    if (prompt === "") {
      counts.empty++
      continue
    }
    if (prompt !== whole) counts.trimmed++
    if (answered) counts.answered++
    const before = known.get(prompt)
    if (before === undefined) known.set(prompt, split)
    else if (before === split) counts.repeated++
    else {
      const shown = JSON.stringify(prompt.length > shownCharacters ? `${prompt.slice(0, shownCharacters)}…` : prompt)
      throw record.fault(columns.prompt, `is in both splits: ${shown} is "${split}" here and was "${before}" before`)
    }
  }
  const draw = splitBy(importDraw, known.keys(), testFraction)
  return {
    rows: Array.from(known, ([prompt, split], prompt_id) => ({ prompt_id, prompt, split: split ?? draw(prompt) })),
    sentences: [
      ...describeReading(reading),
      ...countOf(counts.empty, reading.rows, "have no prompt and were left out"),
      ...countOf(counts.repeated, reading.rows, "repeat a prompt and were left out"),
      ...countOf(counts.trimmed, reading.rows, "had white space at the end of the prompt, which was cut off"),
      ...countOf(counts.answered, reading.rows, "ended with the assistant's answer, which was left off"),
    ],
  }
}

interface FoundPrompt {
  readonly whole: string
  /** Whether an answer stood behind it. */
  readonly answered: boolean
}

/** The prompt of a cell: text, or a conversation up to where the assistant is to answer. */
const promptOf = (record: ForeignRecord, field: string): FoundPrompt => {
  if (!has(record, field)) return { whole: "", answered: false }
  const value = record.fields[field]
  if (!Array.isArray(value)) return { whole: text(record, field, value), answered: false }
  const conversation = messages(record, field, value)
  const answered = conversation.at(-1)?.role === "assistant"
  return { whole: promptText(record, field, answered ? conversation.slice(0, -1) : conversation), answered }
}
