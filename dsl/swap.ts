import { type Artifact, type ArtifactType, artifact, isArtifact, typeDifference } from "./artifact.ts"
import { artifactsOf, type StageNode, type Wire } from "./declaration.ts"
import { DeclarationError } from "./error.ts"
import { entriesOf } from "./record.ts"
import { isSweep, type Sweep } from "./sweep.ts"

/**
 * `target` (an artifact, or a record of artifacts) with one artifact replaced by another of the
 * same type, everywhere upstream of it. Stages that do not depend on the replaced artifact stay the
 * same, so `assay diff` can show that the runs differ in nothing else.
 *
 *   const noisy = mislabel({ preferences: pairs, fraction: 0.2, seed: 5 })
 *   const changed = swap(offline, { replace: pairs, by: noisy })
 *
 * Throws a DeclarationError if the types differ, or if `target` does not depend on the replaced
 * artifact.
 */
export const swap = <V, T extends ArtifactType>(
  target: V,
  { replace, by }: { readonly replace: Artifact<T>; readonly by: NoInfer<Artifact<T>> },
): V => {
  const difference = typeDifference(replace.type, by.type)
  if (difference !== null) throw new DeclarationError({ message: `swap: ${replace.type.name} cannot be replaced by ${difference}` })
  const rebuilt = new Map<StageNode, StageNode>()
  let isReplaced = false
  /** The artifact after the swap. Its stage must have been rebuilt. */
  const exchange = (current: Artifact): Artifact => {
    if (sameOrigin(current, replace)) {
      isReplaced = true
      return by
    }
    if (current.origin.kind === "file") return current
    const { output, stage } = current.origin
    const next = rebuilt.get(stage) as StageNode
    return next === stage ? current : artifact(current.type, { kind: "output", stage: next, output }, current.id && `${current.id}'`)
  }
  const exchangeWire = (wire: Wire): Wire => {
    if (wire.kind === "one") return { ...wire, artifact: exchange(wire.artifact) }
    return { ...wire, members: wire.members.map((member) => ({ ...member, artifact: exchange(member.artifact) })) }
  }
  /**
   * The stage that produces an artifact, unless the artifact is the replaced one or the stage has
   * been rebuilt.
   */
  const unbuilt = (current: Artifact): ReadonlyArray<StageNode> =>
    current.origin.kind === "file" || sameOrigin(current, replace) || rebuilt.has(current.origin.stage) ? [] : [current.origin.stage]
  /**
   * Rebuilds inputs before their consumers. Iterative, because chains may have ten thousand stages.
   */
  const rebuildUpstream = (current: Artifact): void => {
    const stack = [...unbuilt(current)]
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const inputs = Object.values(node.wires).flatMap(artifactsOf).flatMap(unbuilt)
      if (inputs.length > 0) {
        stack.push(...inputs)
        continue
      }
      stack.pop()
      const wires = Object.fromEntries(Object.entries(node.wires).map(([port, wire]) => [port, exchangeWire(wire)]))
      const changed = Object.entries(wires).some(([port, wire]) => !sameWire(wire, node.wires[port] as Wire))
      rebuilt.set(node, changed ? { ...node, wires } : node)
    }
  }
  const visit = (value: unknown, path: ReadonlyArray<string>, above: ReadonlyArray<object>): unknown => {
    if (isArtifact(value)) {
      rebuildUpstream(value)
      return exchange(value)
    }
    if (isSweep(value))
      return {
        ...value,
        points: value.points.map((point) => ({ ...point, value: visit(point.value, path, above) })),
      } satisfies Sweep<unknown>
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(entriesOf(value, path, above).map(([key, entry]) => [key, visit(entry, [...path, key], [...above, value])]))
    return value
  }
  const swapped = visit(target, [], []) as V
  if (!isReplaced) throw new DeclarationError({ message: `swap: the target does not depend on the ${replace.type.name} to be replaced` })
  return swapped
}

const sameOrigin = (a: Artifact, b: Artifact): boolean =>
  a.origin.kind === "file"
    ? b.origin.kind === "file" && a.origin.path === b.origin.path && typeDifference(a.type, b.type) === null
    : b.origin.kind === "output" && a.origin.stage === b.origin.stage && a.origin.output === b.origin.output

const sameWire = (a: Wire, b: Wire): boolean =>
  a.kind === "one"
    ? b.kind === "one" && a.artifact === b.artifact
    : b.kind === "many" && a.members.every((member, index) => member.artifact === b.members[index]?.artifact)
