import { isArtifact } from "./artifact.ts"
import { DeclarationError } from "./error.ts"

/**
 * The entries of a record that may contain artifacts; `path` leads to it, `above` are the records
 * around it. Throws a DeclarationError for a promise, a Map, a Set, a stage that was not called,
 * and a record that contains itself.
 */
export const entriesOf = (value: object, path: ReadonlyArray<string>, above: ReadonlyArray<object>): ReadonlyArray<[string, unknown]> => {
  const refuse = (problem: string): never => {
    throw new DeclarationError({ message: `${path.length === 0 ? "the value" : `"${path.join(".")}"`} ${problem}` })
  }
  if (above.includes(value)) refuse("contains itself")
  if (value instanceof Promise) refuse('is a promise: remove "async" and "await"; calling a stage computes nothing')
  if (value instanceof Map || value instanceof Set) refuse(`is a ${value.constructor.name}: use a plain object`)
  const entries = Object.entries(value)
  for (const [name, entry] of entries)
    if (typeof entry === "function" && "declaration" in entry && !isArtifact(entry)) {
      throw new DeclarationError({ message: `"${[...path, name].join(".")}" is a stage that was not called: write ${name}(…)` })
    }
  return entries
}
