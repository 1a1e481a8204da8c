import type { Mapping } from "../../../data/interchange/mapping.ts"
import { jsonLines, readAll } from "./read.ts"

/** What comes of these records under a mapping. */
export const read = (mapping: Mapping, ...records: ReadonlyArray<unknown>) => readAll(jsonLines(...records), mapping)

/** What is said of records that cannot be read; empty where they can. */
export const problem = (mapping: Mapping, ...records: ReadonlyArray<unknown>): Promise<string> =>
  read(mapping, ...records).then(
    () => "",
    (error: Error) => error.message,
  )
