import { canonicalJson, type Json, type JsonObject } from "../../dsl/canonical.ts"
import { type ComponentPath, pathOf } from "./component-path.ts"
import type { Vector } from "./vector.ts"

/**
 * One part in which two fingerprints differ: `parameters.beta`, `packages.effect`,
 * `inputs.reference`, `code`.
 */
export interface Difference {
  readonly path: ComponentPath
  /** Null where the earlier fingerprint has no such part. */
  readonly before: Json
  /** Null where the later fingerprint has no such part. */
  readonly after: Json
}

/**
 * The parts in which two fingerprints differ, in the order of the later one. Components made of
 * fields differ by field, lists of equal length by index.
 */
export const difference = (before: Vector, after: Vector): ReadonlyArray<Difference> => {
  const old = new Map(before.map(({ component, value }) => [component, value]))
  const current = new Map(after.map(({ component, value }) => [component, value]))
  const components = [...current.keys(), ...[...old.keys()].filter((component) => !current.has(component))]
  return components.flatMap((component) => compare(pathOf(component), old.get(component) ?? null, current.get(component) ?? null))
}

const compare = (path: ComponentPath, before: Json, after: Json): ReadonlyArray<Difference> => {
  if (canonicalJson(before) === canonicalJson(after)) return []
  if (isList(before) && isList(after) && before.length === after.length)
    return before.flatMap((value, index) => compare([...path, String(index)], value, after[index] ?? null))
  if (!isFields(before) || !isFields(after)) return [{ path, before, after }]
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return fields.flatMap((field) => compare([...path, field], fieldOf(before, field), fieldOf(after, field)))
}

/** Its own only: a parameter may be called `toString`. */
const fieldOf = (fields: JsonObject, name: string): Json => (Object.hasOwn(fields, name) ? (fields[name] ?? null) : null)

const isList = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

const isFields = (value: Json): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value)
