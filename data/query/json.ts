import { DuckDBDecimalValue, type DuckDBValueConverter, type Json, JsonDuckDBValueConverter } from "@duckdb/node-api"

/**
 * A value as JSON: whole numbers and decimals as numbers where a double holds them and as strings
 * where not, NaN and infinities as strings, dates and bytes as strings, lists as arrays, structs as
 * objects.
 */
export const toJson: DuckDBValueConverter<Json> = (value, type, converter) => {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof DuckDBDecimalValue) return value.width <= 15 ? value.toDouble() : value.toString()
  return JsonDuckDBValueConverter(value, type, converter)
}
