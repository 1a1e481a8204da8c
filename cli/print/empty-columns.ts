import type { Json } from "../../dsl/canonical.ts"

/** A table: the names of its columns, and rows with as many values. */
interface Cells {
  readonly names: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<Json>>
}

/**
 * Drops columns that are null in every row, to leave room for the others. A table without rows
 * keeps all its columns.
 */
export const dropEmptyColumns = ({ names, rows }: Cells): Cells => {
  const indices = names.flatMap((_, index) => (rows.some((row) => (row[index] ?? null) !== null) ? [index] : []))
  if (indices.length === 0 || indices.length === names.length) return { names, rows }
  return { names: indices.map((index) => names[index] ?? ""), rows: rows.map((row) => indices.map((index) => row[index] ?? null)) }
}
