import { isArtifact } from "./artifact.ts"
import { DeclarationError } from "./error.ts"

/**
 * The entries of a record in which artifacts may lie, `place` being where it lies itself and `above` the records around it. Throws a
 * DeclarationError for what could hold artifacts and cannot be looked into, and for a record that lies in itself.
 */
export const entriesOf = (value: object, place: ReadonlyArray<string>, above: ReadonlyArray<object>): ReadonlyArray<[string, unknown]> => {
  const refuse = (what: string): never => {
    throw new DeclarationError({ message: `${place.length === 0 ? "what is handed over" : `"${place.join(".")}"`} ${what}` })
  }
  if (above.includes(value)) refuse("contains itself")
  if (value instanceof Promise) refuse('is a promise: declare without "async" and "await"; calling a stage computes nothing')
  if (value instanceof Map || value instanceof Set) refuse(`is a ${value.constructor.name}: use a plain object`)
  const entries = Object.entries(value)
  for (const [name, entry] of entries)
    if (typeof entry === "function" && "declaration" in entry && !isArtifact(entry)) {
      throw new DeclarationError({ message: `"${[...place, name].join(".")}" is a stage that was not called: write ${name}(…)` })
    }
  return entries
}
