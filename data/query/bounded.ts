import { type DuckDBType, DuckDBTypeId } from "@duckdb/node-api"
import { literal } from "../sql.ts"
import type { Limits } from "./limits.ts"

/** A column of an answer before it is fetched. */
interface ColumnOfQuery {
  readonly name: string
  readonly type: DuckDBType
}

/** What an error of ours begins with when the database throws it. */
export const tooLong = "assay: "

/**
 * The same query, whose cells are cut or refused inside the database: a cell of a gigabyte never
 * reaches JavaScript. `query(…)` takes a statement as it was written, with its comments and its
 * semicolon, and keeps the order of its rows.
 */
export const boundedQuery = (sql: string, columns: ReadonlyArray<ColumnOfQuery>, limits: Limits): string => {
  const cells = columns.map(({ name, type }, index) => `${boundedCell(`c${index}`, name, type, limits)} AS c${index}`)
  return `SELECT ${cells.join(", ")} FROM query(${literal(sql)}) AS q(${columns.map((_, index) => `c${index}`).join(", ")})`
}

/** Whether `boundedQuery` cuts a cell, as SQL; null if no cell of this type is cut. */
export const isCut = (cell: string, type: DuckDBType, most: number): string | null =>
  isShort(type) ? null : `${sizeOf(cell, type)} > ${most}`

/** Items of a list that is cut by items, else bytes of the cell's text. */
const sizeOf = (cell: string, type: DuckDBType): string => (isListOfShort(type) ? `len(${cell})` : `strlen(${asText(cell, type)})`)

const isListOfShort = (type: DuckDBType): boolean =>
  type.typeId === DuckDBTypeId.LIST && isShort((type as DuckDBType & { readonly valueType: DuckDBType }).valueType)

const boundedCell = (cell: string, name: string, type: DuckDBType, { cell: most, beyond }: Limits): string => {
  if (isShort(type)) return cell
  if (beyond === "refuse") {
    const size = type.typeId === DuckDBTypeId.LIST ? `len(${cell})` : `strlen(${asText(cell, type)})`
    const message = `${tooLong}column "${name}" holds a cell of `
    const error = `error(${literal(message)} || ${size} || ${literal(`, and cells of up to ${most.toLocaleString("en-US")} are given whole; ask for a part of it, such as left("${name}", 1000)`)})`
    return `CASE WHEN ${size} > ${most} THEN ${error}::${type} ELSE ${cell} END`
  }
  if (isListOfShort(type)) return `CASE WHEN len(${cell}) > ${most} THEN ${cell}[1:${most}] ELSE ${cell} END`
  const text = asText(cell, type)
  return `CASE WHEN strlen(${text}) > ${most} THEN left(${text}, ${most}) || '…' ELSE ${text} END`
}

const asText = (cell: string, { typeId }: DuckDBType): string => (typeId === DuckDBTypeId.VARCHAR ? cell : `${cell}::VARCHAR`)

/** Types whose cells may be as long as they like, whatever they are made of. */
const long = new Set([
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.BLOB,
  DuckDBTypeId.BIT,
  DuckDBTypeId.BIGNUM,
  DuckDBTypeId.LIST,
  DuckDBTypeId.ARRAY,
  DuckDBTypeId.STRUCT,
  DuckDBTypeId.MAP,
  DuckDBTypeId.UNION,
  DuckDBTypeId.VARIANT,
])

const isShort = ({ typeId }: DuckDBType): boolean => !long.has(typeId)
