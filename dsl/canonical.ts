/** JSON with one spelling for each value, so that equal parameters have equal bytes. */

export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
export type JsonObject = { readonly [key: string]: Json }

/**
 * Keys sorted by code unit, −0 written as 0, keys whose value is undefined left out.
 * Throws a TypeError for what JSON cannot hold (NaN, infinities, functions, undefined in a list).
 */
export const canonicalJson = (value: unknown): string => {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value)
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`)
    return JSON.stringify(value === 0 ? 0 : value)
  }
  if (Array.isArray(value)) {
    let text = ""
    for (const entry of value) text += `${text === "" ? "" : ","}${canonicalJson(entry)}`
    return `[${text}]`
  }
  if (typeof value === "object") {
    const fields = value as Readonly<Record<string, unknown>>
    let text = ""
    for (const key of Object.keys(fields).sort()) {
      if (fields[key] === undefined) continue
      text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(fields[key])}`
    }
    return `{${text}}`
  }
  throw new TypeError(`a ${typeof value} has no canonical form`)
}
