import type { FoundRow, RowCondition } from "../lineage/row.ts"
import { identifier, literal } from "../sql.ts"
import { small } from "./limits.ts"
import { query } from "./query.ts"

/**
 * The first row of a Parquet file whose cells have these values (text and numbers), or the row of
 * that number, from 0; undefined if there is none. Fails as `query` does.
 */
export const findRow = async (path: string, where: RowCondition): Promise<FoundRow | undefined> => {
  const numbered = `SELECT row_number() OVER () - 1 AS ${identifier(place)}, * FROM artifact`
  const conditions = Object.entries("row" in where ? { [place]: where.row } : where.cells).map(
    ([column, value]) => `${identifier(column)} = ${valueText(value)}`,
  )
  const { columns, rows } = await query(
    path,
    `SELECT * FROM (${numbered}) WHERE ${conditions.join(" AND ")} ORDER BY ${identifier(place)} LIMIT 1`,
    small,
  )
  const [found] = rows
  if (found === undefined) return undefined
  const [row, ...cells] = columns.map(({ name }, index) => [name, found[index]] as const)
  return { row: row?.[1] as number, cells: Object.fromEntries(cells) }
}

/** A name that no column of ours has. */
const place = "row number"

const valueText = (value: unknown): string => (typeof value === "number" ? String(value) : literal(String(value)))
