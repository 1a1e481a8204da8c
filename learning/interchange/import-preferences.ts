import { type FilesInput, type Run, StageError } from "assay"
import type { ByteSource } from "../../data/byte-source.ts"
import { ColumnError, DataFileError, LineError } from "../../data/error.ts"
import { importPreferences as read } from "../../data/interchange/import.ts"
import type { FormatOrMapping } from "../../data/interchange/index.ts"
import { describeImport } from "../../data/interchange/summary.ts"
import type { importPreferences } from "./import-preferences.stage.ts"

export const run: Run<typeof importPreferences> = async ({ inputs, parameters, outputs }) => {
  const source = await onlyFile(inputs.file)
  const format = (parameters.format ?? parameters.mapping) as FormatOrMapping
  try {
    let sentences: ReadonlyArray<string> = []
    for await (const { rows, summary } of read(source, format)) {
      await outputs.preferences.append(rows)
      sentences = describeImport(summary)
    }
    for (const sentence of sentences) console.log(sentence)
  } catch (error) {
    throw malformed(error)
  }
}

const onlyFile = async (input: FilesInput): Promise<ByteSource> => {
  const [name, ...others] = input.names
  if (name === undefined || others.length > 0)
    throw new StageError("SeveralFiles", `one file is imported at a time, and there are ${input.names.length}: ${input.names.join(", ")}`)
  return { name, ...(await input.open(name)) }
}

/** What is wrong with the file, with its place where there is one. */
const malformed = (error: unknown): unknown => {
  if (error instanceof LineError) return stageError(error, { row: error.line, field: error.field })
  if (error instanceof ColumnError) return stageError(error, { row: error.row, field: error.column })
  return error instanceof DataFileError ? stageError(error, {}) : error
}

const stageError = (
  { message, file }: { readonly message: string; readonly file: string },
  { row, field }: { readonly row?: number | undefined; readonly field?: string | undefined },
): StageError =>
  new StageError("MalformedFile", message, { file, ...(row === undefined ? {} : { row }), ...(field === undefined ? {} : { field }) })
