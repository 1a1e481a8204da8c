/** Where an artifact, or one row of it, comes from. */

export { type Ancestor, ancestry, type Result } from "./ancestry.ts"
export { type FindRow, type FoundRow, type RowLineage, rowLineage } from "./row.ts"
