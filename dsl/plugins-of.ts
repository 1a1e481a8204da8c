import type { Artifact } from "./artifact.ts"
import type { StageNode, Wire } from "./declaration.ts"
import type { PlacedPlugin } from "./plugin.ts"

/**
 * The code that a call of a stage is given: with its parameters, and with the artifacts that are
 * wired to its ports, but for those that it copies into an output: their code is for the stages
 * that read the output. In the order of the places, however the call was written.
 */
export const pluginsOf = ({ declaration, plugins, wires }: StageNode): ReadonlyArray<PlacedPlugin> => {
  const copied = new Set(Object.values(declaration.plugins).flatMap((entry) => (entry?.plugin === undefined ? [] : (entry.inputs ?? []))))
  const wired = Object.entries(wires).flatMap(([port, wire]) => (copied.has(port) ? [] : pluginsOfWire(wire, [port])))
  const all = [...plugins, ...wired].map((placed) => ({ ...placed, name: placed.place.join(".") }))
  return all.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ place, declaration }) => ({ place, declaration }))
}

const pluginsOfWire = (wire: Wire, place: ReadonlyArray<string>): ReadonlyArray<PlacedPlugin> =>
  wire.kind === "one"
    ? pluginsOfArtifact(wire.artifact, place)
    : wire.members.flatMap(({ artifact }, index) => pluginsOfArtifact(artifact, [...place, String(index)]))

/** The plugin that reads the artifact, and those that are found in places inside of it. */
const pluginsOfArtifact = (artifact: Artifact, place: ReadonlyArray<string>): ReadonlyArray<PlacedPlugin> => {
  const { origin } = original(artifact)
  const entry = origin.kind === "output" ? origin.stage.declaration.plugins[origin.output] : undefined
  if (entry === undefined || origin.kind !== "output") return []
  const { plugins, wires } = origin.stage
  if ("like" in entry) return []
  if ("parameter" in entry)
    return plugins.flatMap((passed) => (passed.place.join(".") === entry.parameter ? [{ place, declaration: passed.declaration }] : []))
  const inside = [...(entry.inputs ?? []), ...(entry.carries ?? [])].flatMap((port) => {
    const wire = wires[port]
    return wire === undefined ? [] : pluginsOfWire(wire, [...place, port])
  })
  return [{ place, declaration: entry.plugin }, ...inside]
}

/**
 * The artifact whose plugins this one has inherited, or itself. A loop, because policies that were
 * trained from one another make chains of any length.
 */
const original = (artifact: Artifact): Artifact => {
  let current = artifact
  while (current.origin.kind === "output") {
    const { stage, output } = current.origin
    const entry = stage.declaration.plugins[output]
    const wire = entry !== undefined && "like" in entry ? stage.wires[entry.like] : undefined
    if (wire?.kind !== "one") return current
    current = wire.artifact
  }
  return current
}
