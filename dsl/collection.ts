import { type Artifact, type ArtifactType, isArtifact } from "./artifact.ts"
import type { Member, Point } from "./declaration.ts"
import { DeclarationError } from "./error.ts"
import { isSweep } from "./sweep.ts"

/**
 * The artifacts of the wanted types in a nested record, in the order written, each with its path and its point.
 * Among the outputs of one stage the output's own name is not part of the path: `{ online: evaluate(…) }` is a member called `online`.
 */
export const collect = (value: unknown, types: ReadonlyArray<ArtifactType>): ReadonlyArray<Member> => {
  const members: Array<Member> = []
  const inside = new Set<object>()
  const wanted = (found: Artifact) => types.some((type) => type.name === found.type.name)
  const visit = (current: unknown, path: ReadonlyArray<string>, at: Point): void => {
    if (isArtifact(current)) {
      if (wanted(current)) members.push({ path, at, artifact: current })
    } else if (isSweep(current)) {
      for (const point of current.points) visit(point.value, path, { ...at, ...point.at })
    } else if (isOutputs(current)) {
      for (const output of Object.values(current)) visit(output, path, at)
    } else if (typeof current === "object" && current !== null) {
      if (inside.has(current))
        throw new DeclarationError({
          message: `a record of artifacts holds itself${path.length === 0 ? "" : ` as "${path.join(".")}"`}: hand over one without cycles`,
        })
      inside.add(current)
      for (const [name, entry] of Object.entries(current)) visit(entry, [...path, name], at)
      inside.delete(current)
    }
  }
  visit(value, [], {})
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
