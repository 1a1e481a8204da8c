import { type Artifact, type ArtifactType, isArtifact, typeDifference } from "./artifact.ts"
import type { Member, Point } from "./declaration.ts"
import { DeclarationError } from "./error.ts"
import { entriesOf } from "./record.ts"
import { isSweep } from "./sweep.ts"

/**
 * The artifacts of the expected types in a nested record, in the order written, with their paths
 * and sweep points. The name of an output is not part of the path if all outputs of its stage are
 * there: `{ online: evaluate(…) }` has one member, `online`. Throws a DeclarationError for an
 * artifact whose type has the name of an expected one but differs from it.
 */
export const collect = (value: unknown, types: ReadonlyArray<ArtifactType>): ReadonlyArray<Member> => {
  const members: Array<Member> = []
  const isExpected = ({ type }: Artifact, path: ReadonlyArray<string>): boolean => {
    if (types.some((expected) => typeDifference(expected, type) === null)) return true
    const namesake = types.find(({ name }) => name === type.name)
    if (namesake === undefined) return false
    const place = path.length === 0 ? "the artifact" : `"${path.join(".")}"`
    throw new DeclarationError({ message: `${place} is ${typeDifference(namesake, type)}` })
  }
  const visit = (current: unknown, path: ReadonlyArray<string>, at: Point, above: ReadonlyArray<object>): void => {
    if (isArtifact(current)) {
      if (isExpected(current, path)) members.push({ path, at, artifact: current })
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

/**
 * Whether a record is all the outputs of one stage, each under its own name. A stage with a single
 * output does not yield a record: `{ policy: sft(…) }` was written by the user, who named it so.
 */
export const isOutputs = (value: unknown): value is Readonly<Record<string, Artifact>> => {
  if (typeof value !== "object" || value === null || isArtifact(value)) return false
  const entries = Object.entries(value)
  const first = entries[0]?.[1]
  if (!isArtifact(first) || first.origin.kind !== "output") return false
  const { stage } = first.origin
  return (
    entries.length > 1 &&
    entries.length === Object.keys(stage.declaration.outputs).length &&
    entries.every(
      ([name, entry]) =>
        isArtifact(entry) && entry.origin.kind === "output" && entry.origin.stage === stage && entry.origin.output === name,
    )
  )
}
