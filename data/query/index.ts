/** SQL over Parquet files, read-only for real. */

export { answerTable, type TableAnswer, type TableQuestion, type TableQuestions } from "./answer-table.ts"
export { type AddedColumn, type ExtendedFile, interruptible, type Views } from "./confined.ts"
export { type Description, describe } from "./describe.ts"
export { findRow } from "./find-row.ts"
export type { Limits } from "./limits.ts"
export { type OpenTables, openTables } from "./open-tables.ts"
export { outOfMemory, type QueryResult, query } from "./query.ts"
