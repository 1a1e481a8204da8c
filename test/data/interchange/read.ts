import { resolve } from "node:path"
import type { ByteSource } from "../../../data/byte-source.ts"
import type { FormatOrMapping } from "../../../data/interchange/format-of.ts"
import { importPreferences } from "../../../data/interchange/import.ts"
import { describeImport, type ImportSummary } from "../../../data/interchange/summary.ts"
import { openFile } from "../../../data/open-file.ts"
import type { PreferenceRow } from "../../../data/schema/preferences.ts"

/** Small files of each format, which the reference shows. */
export const formatFiles = resolve(import.meta.dirname, "../formats")

/** Excerpts of real data sets. */
export const excerpts = resolve(import.meta.dirname, "../fixtures/preferences")

export interface ReadFile {
  readonly rows: ReadonlyArray<PreferenceRow>
  readonly summary: ImportSummary
  readonly said: ReadonlyArray<string>
}

/** All that an import makes of a file. */
export const readAll = async (source: ByteSource, format: FormatOrMapping): Promise<ReadFile> => {
  const rows: Array<PreferenceRow> = []
  let summary: ImportSummary | undefined
  for await (const imported of importPreferences(source, format)) {
    rows.push(...imported.rows)
    summary = imported.summary
  }
  if (summary === undefined) throw new Error("an import without rows has to fail")
  return { rows, summary, said: describeImport(summary) }
}

export const readPath = async (path: string, format: FormatOrMapping): Promise<ReadFile> => {
  const file = await openFile(path)
  try {
    return await readAll(file, format)
  } finally {
    await file.close()
  }
}

/** Records as a file of JSON Lines in memory. */
export const jsonLines = (...records: ReadonlyArray<unknown>): ByteSource => {
  const bytes = Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(""))
  return { name: "pairs.jsonl", size: bytes.length, read: async (start, end) => bytes.subarray(start, end) }
}

/** Prompt, chosen and rejected of each row. */
export const texts = ({ rows }: ReadFile): ReadonlyArray<ReadonlyArray<string>> =>
  rows.map(({ prompt, chosen, rejected }) => [prompt, chosen, rejected])
