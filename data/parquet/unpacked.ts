import { openFile } from "../open-file.ts"
import { loadFooter } from "./row-groups.ts"
import type { Value } from "./thrift.ts"

/**
 * Field numbers of `ColumnChunk.meta_data` and `ColumnMetaData.total_uncompressed_size` in
 * parquet.thrift.
 */
const metaData = 3
const uncompressedSize = 6

/**
 * Bytes that the pages of a table take when they are unpacked, as its footer claims: a guess at
 * what reading it takes. Fails with a DataFileError.
 */
export const unpackedBytes = async (path: string): Promise<number> => {
  const file = await openFile(path)
  try {
    const chunks = (await loadFooter(file)).rowGroups.flatMap((group) => group.chunks)
    return chunks.reduce((sum, chunk) => sum + integer(field(chunk.metaData, metaData), uncompressedSize), 0)
  } finally {
    await file.close()
  }
}

const field = (value: Value | undefined, number: number): Value | undefined =>
  value?.kind === "struct" ? value.fields.get(number) : undefined

/** What does not say its size may be of any. */
const integer = (value: Value | undefined, number: number): number => {
  const found = field(value, number)
  return found?.kind === "i64" ? Number(found.value) : Number.POSITIVE_INFINITY
}
