import type { Artifact } from "./artifact.ts"
import type { StageNode, Wire } from "./declaration.ts"
import type { PlacedPlugin } from "./plugin.ts"

/**
 * The code that a call of a stage is given: with its parameters, and with the artifacts that are
 * wired to its ports, but for those that it copies into an output: their code is for the stages
 * that read the output. In the order of the places, however the call was written.
 */
export const pluginsOf = ({ declaration, plugins, wires }: StageNode): ReadonlyArray<PlacedPlugin> => {
  const copied = new Set(Object.values(declaration.plugins).flatMap((entry) => entry?.inputs ?? []))
  const wired = Object.entries(wires).flatMap(([port, wire]) => (copied.has(port) ? [] : pluginsOfWire(wire, [port])))
  const all = [...plugins, ...wired].map((placed) => ({ ...placed, name: placed.place.join(".") }))
  return all.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ place, declaration }) => ({ place, declaration }))
}

const pluginsOfWire = (wire: Wire, place: ReadonlyArray<string>): ReadonlyArray<PlacedPlugin> =>
  wire.kind === "one"
    ? pluginsOfArtifact(wire.artifact, place)
    : wire.members.flatMap(({ artifact }, index) => pluginsOfArtifact(artifact, [...place, String(index)]))

/** The plugin that reads the artifact, and those of the artifacts that lie in folders of it. */
const pluginsOfArtifact = ({ origin }: Artifact, place: ReadonlyArray<string>): ReadonlyArray<PlacedPlugin> => {
  const entry = origin.kind === "output" ? origin.stage.declaration.plugins[origin.output] : undefined
  if (entry === undefined || origin.kind !== "output") return []
  const inside = (entry.inputs ?? []).flatMap((port) => {
    const wire = origin.stage.wires[port]
    return wire === undefined ? [] : pluginsOfWire(wire, [...place, port])
  })
  return [{ place, declaration: entry.plugin }, ...inside]
}
