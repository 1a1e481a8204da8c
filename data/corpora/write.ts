import { join } from "node:path"
import type { Columns, Row } from "../../dsl/column.ts"
import { openTableWriter } from "../parquet/index.ts"
import { type PromptRow, prompts as promptColumns } from "../schema/index.ts"

/** A task's tables: its text, in at least the columns of every task's, and its prompts. */
export interface Corpus<TextRow> {
  readonly text: ReadonlyArray<TextRow>
  readonly prompts: ReadonlyArray<PromptRow>
}

/** Writes `text.parquet` and `prompts.parquet` into a folder. */
export const writeCorpus = async <C extends Columns>(folder: string, columns: C, { text, prompts }: Corpus<Row<C>>): Promise<void> => {
  await writeTable(join(folder, "text.parquet"), columns, text)
  await writeTable(join(folder, "prompts.parquet"), promptColumns, prompts)
}

export const writeTable = async <C extends Columns>(file: string, columns: C, rows: ReadonlyArray<Row<C>>): Promise<void> => {
  const writer = await openTableWriter(file, columns)
  await writer.append(rows)
  await writer.close()
}

/** How many rows there are, and how many of them are for testing. */
export const count = (rows: ReadonlyArray<{ readonly split: string }>): string =>
  `${rows.length} (${rows.filter(({ split }) => split === "test").length} test)`
