import { type FilesInput, StageError } from "assay"
import { ColumnError, DataFileError, LineError } from "../../data/error.ts"
import type { RecordSource } from "../../data/interchange/records.ts"
import { type DataSet, openDataSet, splitsOf } from "../../data/interchange/shards.ts"

/** The data set that a stage is handed as a file or a folder. Fails with a StageError. */
export const dataSetOf = (input: FilesInput): Promise<DataSet> => malformedAsStageError(() => openDataSet(input))

/**
 * The records of a file, or of all files of a folder that are of one split. Fails with a StageError
 * where the files are of several. Prints which files hold no records.
 */
export const onlySplit = async (input: FilesInput): Promise<RecordSource> => {
  const dataSet = await dataSetOf(input)
  const splits = splitsOf(dataSet)
  if (splits.length > 1)
    throw new StageError(
      "SeveralSplits",
      `the folder holds the splits ${splits.join(", ")}, and one is imported at a time. Name the folder or the file of one.`,
    )
  const { name, shards, leftOut } = dataSet
  if (leftOut.length > 0) console.log(`${leftOut.length} files were not read: ${leftOut.join(", ")}`)
  return { name, shards: shards.map(({ source }) => source) }
}

/** Runs it; what is wrong with a file becomes a StageError `MalformedFile`, with its place. */
export const malformedAsStageError = async <A>(act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    throw malformed(error)
  }
}

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
