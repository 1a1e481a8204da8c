/** JSON with one spelling for each value, so that equal parameters have equal bytes. */

/** A JSON value. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json }

/**
 * The canonical JSON of a value: keys sorted by code unit, −0 written as 0, keys whose value is
 * undefined left out. Throws a TypeError that names the place of what JSON cannot hold: NaN and
 * infinities, functions, undefined or a gap in a list, instances of classes (a Date, a Map, a typed
 * array), symbols as keys, non-enumerable properties, a key `__proto__`, cycles.
 */
export const canonicalJson = (value: unknown): string => write(value, null)

/**
 * The value read back from its canonical JSON, so that nothing the JSON leaves out (−0, the order
 * of keys, undefined values) can be observed. Throws as `canonicalJson` does.
 */
export const canonicalValue = (value: unknown): Json => JSON.parse(canonicalJson(value)) as Json

/**
 * A list or an object that contains the value being written: detects cycles, and names the place of
 * an error.
 */
interface Enclosing {
  readonly container: object
  readonly above: Enclosing | null
  key: string | number
}

const write = (value: unknown, above: Enclosing | null): string => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value)
    case "number":
      if (!Number.isFinite(value)) return refuse(`JSON cannot hold the number ${value}`, above)
      return JSON.stringify(value === 0 ? 0 : value)
    case "object":
      if (value === null) return "null"
      for (let enclosing = above; enclosing !== null; enclosing = enclosing.above)
        if (enclosing.container === value) return refuse("the value contains itself", above)
      return Array.isArray(value) ? writeList(value, above) : writeObject(value, above)
    default:
      return refuse(value === undefined ? "JSON cannot hold undefined: use null" : `JSON cannot hold a ${typeof value}`, above)
  }
}

const writeList = (list: ReadonlyArray<unknown>, above: Enclosing | null): string => {
  // A property beside the entries, or a gap between them, would get lost.
  if (Reflect.ownKeys(list).length !== list.length + 1) return refuse("JSON cannot hold a list with gaps or extra properties", above)
  const here: Enclosing = { container: list, above, key: 0 }
  let text = ""
  for (let index = 0; index < list.length; index++) {
    here.key = index
    text += `${index === 0 ? "" : ","}${write(list[index], here)}`
  }
  return `[${text}]`
}

const writeObject = (fields: object, above: Enclosing | null): string => {
  if (!isPlain(fields)) return refuse(`JSON cannot hold ${nameOf(fields)}: use a string, a number or a plain object`, above)
  const here: Enclosing = { container: fields, above, key: "" }
  let text = ""
  const keys = Object.keys(fields).sort()
  if (Reflect.ownKeys(fields).length !== keys.length) return refuse("JSON cannot hold symbols as keys or non-enumerable properties", above)
  for (const key of keys) {
    if (key === "__proto__") return refuse('a key cannot be named "__proto__": choose another name', above)
    // Read once: a getter may return another value the next time.
    const value = (fields as Readonly<Record<string, unknown>>)[key]
    if (value === undefined) continue
    here.key = key
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${write(value, here)}`
  }
  return `{${text}}`
}

/** Whether it is an object literal, of this realm or another. */
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

const refuse = (reason: string, above: Enclosing | null): never => {
  const keys: Array<string | number> = []
  for (let enclosing = above; enclosing !== null; enclosing = enclosing.above) keys.unshift(enclosing.key)
  const place = keys.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("")
  throw new TypeError(`${place === "" ? "" : `${place}: `}${reason}`)
}
