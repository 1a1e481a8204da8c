import type { Json } from "../../dsl/canonical.ts"

/** A table as it was read: names of columns, and rows of as many values. */
interface Cells {
  readonly names: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<Json>>
}

/** Without the columns that hold nothing in any row, which would only crowd out the others. A table without rows keeps all of its columns. */
export const filledColumns = ({ names, rows }: Cells): Cells => {
  const filled = names.flatMap((_, index) => (rows.some((row) => (row[index] ?? null) !== null) ? [index] : []))
  if (filled.length === 0 || filled.length === names.length) return { names, rows }
  return { names: filled.map((index) => names[index] ?? ""), rows: rows.map((row) => filled.map((index) => row[index] ?? null)) }
}
