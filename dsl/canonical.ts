/** JSON with one spelling for each value, so that equal parameters have equal bytes. */

export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
export type JsonObject = { readonly [key: string]: Json }

/**
 * Keys sorted by code unit, −0 written as 0, keys whose value is undefined left out.
 * Throws a TypeError, with the place, for what JSON cannot hold: NaN and infinities, functions, undefined or a gap in a list, instances
 * of classes (a Date, a Map, a typed array), symbols as keys, hidden properties, a key `__proto__`, values that contain themselves.
 */
export const canonicalJson = (value: unknown): string => spell(value, null)

/**
 * The one value that all values of a canonical form stand for: what a reader of the form gets, so that nothing that the form leaves out
 * (−0, the order of keys, undefined ones) can be seen. Throws as `canonicalJson` does.
 */
export const canonicalValue = (value: unknown): Json => JSON.parse(canonicalJson(value)) as Json

/** A list or an object around the value that is spelled: for cycles, and to name the place of what cannot be spelled. */
interface Around {
  readonly container: object
  readonly above: Around | null
  key: string | number
}

const spell = (value: unknown, above: Around | null): string => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value)
    case "number":
      if (!Number.isFinite(value)) return refuse(`${value} is not a number of JSON`, above)
      return JSON.stringify(value === 0 ? 0 : value)
    case "object":
      if (value === null) return "null"
      for (let around = above; around !== null; around = around.above)
        if (around.container === value) return refuse("the value contains itself", above)
      return Array.isArray(value) ? spellList(value, above) : spellObject(value, above)
    default:
      return refuse(value === undefined ? "undefined is not a value of JSON: use null" : `a ${typeof value} is not a value of JSON`, above)
  }
}

const spellList = (list: ReadonlyArray<unknown>, above: Around | null): string => {
  // A property beside the entries, or a gap between them, would get lost.
  if (Reflect.ownKeys(list).length !== list.length + 1) return refuse("a list with gaps, or with properties of its own", above)
  const around: Around = { container: list, above, key: 0 }
  let text = ""
  for (let index = 0; index < list.length; index++) {
    around.key = index
    text += `${index === 0 ? "" : ","}${spell(list[index], around)}`
  }
  return `[${text}]`
}

const spellObject = (fields: object, above: Around | null): string => {
  if (!isPlain(fields)) return refuse(`${nameOf(fields)} is not a value of JSON: use a string, a number, or a plain object`, above)
  const around: Around = { container: fields, above, key: "" }
  let text = ""
  const keys = Object.keys(fields).sort()
  if (Reflect.ownKeys(fields).length !== keys.length) return refuse("an object with symbols as keys, or with hidden properties", above)
  for (const key of keys) {
    if (key === "__proto__") return refuse('the key "__proto__" has a meaning of its own: use another', above)
    // Read once: where a getter is behind it, what it said now is what the form stands for.
    const value = (fields as Readonly<Record<string, unknown>>)[key]
    if (value === undefined) continue
    around.key = key
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${spell(value, around)}`
  }
  return `{${text}}`
}

/** Whether it was written as `{ … }`, in this realm or another. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || isObjectPrototype(prototype as object)
}

const isObjectPrototype = (prototype: object): boolean =>
  Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "hasOwnProperty")

const nameOf = (value: object): string => {
  const { name } = (value as { readonly constructor?: { readonly name?: unknown } }).constructor ?? {}
  return typeof name === "string" && name !== "" ? `an instance of ${name}` : "an object with a prototype"
}

const refuse = (reason: string, above: Around | null): never => {
  const keys: Array<string | number> = []
  for (let around = above; around !== null; around = around.above) keys.unshift(around.key)
  const place = keys.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("")
  throw new TypeError(`${place === "" ? "" : `${place}: `}${reason}`)
}
