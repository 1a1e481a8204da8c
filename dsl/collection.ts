import { type Artifact, type ArtifactType, isArtifact, typeDifference } from "./artifact.ts"
import type { Member, Point } from "./declaration.ts"
import { DeclarationError } from "./error.ts"
import { entriesOf } from "./record.ts"
import { isSweep } from "./sweep.ts"

/**
 * The artifacts of the wanted types in a nested record, in the order written, each with its path and its point.
 * Among the outputs of one stage the output's own name is not part of the path: `{ online: evaluate(…) }` is a member called `online`.
 * Throws a DeclarationError for an artifact that has the name of a wanted type and is of another.
 */
export const collect = (value: unknown, types: ReadonlyArray<ArtifactType>): ReadonlyArray<Member> => {
  const members: Array<Member> = []
  const isWanted = ({ type: found }: Artifact, path: ReadonlyArray<string>): boolean => {
    if (types.some((type) => typeDifference(type, found) === null)) return true
    const namesake = types.find(({ name }) => name === found.name)
    if (namesake === undefined) return false
    const place = path.length === 0 ? "what it was given" : `"${path.join(".")}"`
    throw new DeclarationError({ message: `${place} is ${typeDifference(namesake, found)}` })
  }
  const visit = (current: unknown, path: ReadonlyArray<string>, at: Point, above: ReadonlyArray<object>): void => {
    if (isArtifact(current)) {
      if (isWanted(current, path)) members.push({ path, at, artifact: current })
    } else if (isSweep(current)) {
      for (const point of current.points) visit(point.value, path, { ...at, ...point.at }, above)
    } else if (isOutputs(current)) {
      for (const output of Object.values(current)) visit(output, path, at, above)
    } else if (typeof current === "object" && current !== null) {
      for (const [name, entry] of entriesOf(current, path, above)) visit(entry, [...path, name], at, [...above, current])
    }
  }
  visit(value, [], {}, [])
  return members
}

/** Whether a record is all the outputs of one stage, each under its own name. */
export const isOutputs = (value: unknown): value is Readonly<Record<string, Artifact>> => {
  if (typeof value !== "object" || value === null || isArtifact(value)) return false
  const entries = Object.entries(value)
  const first = entries[0]?.[1]
  if (!isArtifact(first) || first.origin.kind !== "output") return false
  const { stage } = first.origin
  return (
    entries.length === Object.keys(stage.declaration.outputs).length &&
    entries.every(
      ([name, entry]) =>
        isArtifact(entry) && entry.origin.kind === "output" && entry.origin.stage === stage && entry.origin.output === name,
    )
  )
}
