/** SQL over Parquet files, read-only for real. */

export { type Description, describe } from "./describe.ts"
export { findRow } from "./find-row.ts"
export type { Limits } from "./limits.ts"
export { outOfMemory, type QueryResult, query } from "./query.ts"
