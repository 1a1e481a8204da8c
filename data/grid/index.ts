/**
 * What is asked of a table to show it as a grid: the questions, filters as text, and SQL for them.
 * Nothing here runs anything.
 */

export type * from "./api.ts"
export { gridColumn } from "./columns.ts"
export { parseFilters, printFilters } from "./filter-text.ts"
