import { type Artifact, type ArtifactType, isArtifact } from "./artifact.ts"
import { canonicalJson, type JsonObject } from "./canonical.ts"
import { isOutputs } from "./collection.ts"
import { artifactsOf, type Declaration, type Point, type StageNode, type Wire } from "./declaration.ts"
import { DeclarationError } from "./error.ts"
import { entriesOf } from "./record.ts"
import { isSweep } from "./sweep.ts"

/** A pipeline as plain data: every stage once, inputs before consumers. */
export interface Graph {
  readonly name: string
  readonly stages: ReadonlyArray<GraphStage>
  /** What the pipeline's body returned, as the ids and outputs it named, in order. */
  readonly results: ReadonlyArray<{ readonly id: string; readonly output: string }>
}

export interface GraphStage {
  readonly id: string
  readonly declaration: Declaration
  readonly parameters: JsonObject
  readonly inputs: ReadonlyArray<GraphInput>
}

/** One connected port, in the order of the declaration. `path` and `at` label the members of a collection. */
export interface GraphInput {
  readonly port: string
  readonly many: boolean
  readonly sources: ReadonlyArray<GraphSource>
}

export interface GraphSource {
  readonly type: ArtifactType
  readonly from: Origin
  readonly path: ReadonlyArray<string>
  readonly at: Point
}

/** Where an artifact comes from: an output of a stage, or a file from outside. */
export type Origin =
  | { readonly kind: "output"; readonly id: string; readonly output: string }
  | { readonly kind: "file"; readonly file: string }

/** A stage under construction: nodes that were declared alike share one. */
interface Entry {
  readonly node: StageNode
  readonly order: number
  id?: string
}

/**
 * Turns what a pipeline's body returned into a graph. A stage's id is the name it was given by `named`, else its path
 * in the returned value, else its nearest consumer's id plus the port; of several, what their ids have in common plus the port. Ids are labels: they never enter a key.
 * Throws a DeclarationError if the value holds no stage or two stages claim one id.
 */
export const toGraph = (name: string, returned: unknown): Graph => {
  const found = locate(returned)
  if (found.length === 0) throw new DeclarationError({ message: `pipeline ${name}: returns no artifact${emptyHint(returned)}` })
  const entries = intern(found.map(({ artifact }) => artifact))
  nameStages(entries, found)
  const entryOf = (artifact: Artifact): Entry => entries.of(stageOf(artifact) as StageNode)
  const stages = entries.all.map(({ node, id }) => ({
    id: id as string,
    declaration: node.declaration,
    parameters: node.parameters,
    inputs: Object.keys(node.declaration.inputs).flatMap((port) => {
      const wire = node.wires[port]
      if (wire === undefined) return []
      const source = (artifact: Artifact, path: ReadonlyArray<string> = [], at: Point = {}): GraphSource => ({
        type: artifact.type,
        from:
          artifact.origin.kind === "file"
            ? { kind: "file", file: artifact.origin.path }
            : { kind: "output", id: entryOf(artifact).id as string, output: artifact.origin.output },
        path,
        at,
      })
      const sources =
        wire.kind === "one" ? [source(wire.artifact)] : wire.members.map((member) => source(member.artifact, member.path, member.at))
      return [{ port, many: wire.kind === "many", sources }]
    }),
  }))
  const results = found.flatMap(({ artifact }) =>
    artifact.origin.kind === "output" ? [{ id: entryOf(artifact).id as string, output: artifact.origin.output }] : [],
  )
  return { name, stages, results }
}

/** What to do about a body that returns nothing of use. */
const emptyHint = (returned: unknown): string => {
  if (returned === undefined) return ": the body returns undefined; end it with `return { … }`, or wrap what it wants in parentheses"
  if (typeof returned === "function") return ": the body returns a function, perhaps a stage that was not called"
  return typeof returned === "object" && returned !== null ? "" : `: the body returns ${JSON.stringify(returned)}`
}

interface Found {
  readonly artifact: Artifact
  readonly path: ReadonlyArray<string>
}

/** Every artifact in the returned value with its path; a point of a sweep is one segment, `beta=0.1,seed=1`. */
const locate = (returned: unknown): ReadonlyArray<Found> => {
  const found: Array<Found> = []
  const visit = (value: unknown, path: ReadonlyArray<string>, above: ReadonlyArray<object>): void => {
    if (isArtifact(value)) found.push({ artifact: value, path })
    else if (isSweep(value)) for (const point of value.points) visit(point.value, [...path, pointName(point.at)], above)
    else if (isOutputs(value)) for (const artifact of Object.values(value)) found.push({ artifact, path })
    else if (typeof value === "object" && value !== null)
      for (const [key, entry] of entriesOf(value, path, above)) visit(entry, [...path, key], [...above, value])
  }
  visit(returned, [], [])
  return found
}

/** `beta=0.1,seed=1` */
export const pointName = (at: Point): string =>
  Object.entries(at)
    .map(([axis, value]) => `${axis}=${value}`)
    .join(",")

const stageOf = (artifact: Artifact): StageNode | undefined => (artifact.origin.kind === "output" ? artifact.origin.stage : undefined)

interface Entries {
  /** In topological order. */
  readonly all: ReadonlyArray<Entry>
  readonly of: (node: StageNode) => Entry
}

/** Gives nodes with equal declaration, parameters and wires one entry. Iterative: chains may be ten thousand long. */
const intern = (roots: ReadonlyArray<Artifact>): Entries => {
  const byNode = new Map<StageNode, Entry>()
  const byIdentity = new Map<string, Entry>()
  const declarations = new Map<Declaration, number>()
  const all: Array<Entry> = []
  const ordinal = (declaration: Declaration): number => {
    const known = declarations.get(declaration) ?? declarations.size
    declarations.set(declaration, known)
    return known
  }
  /** A file is read as its type says, so that one file under two types is two artifacts. */
  const reference = ({ origin, type }: Artifact): string =>
    origin.kind === "file"
      ? `file ${JSON.stringify([origin.path, type.kind === "table" ? Object.entries(type.columns) : null])}`
      : `${(byNode.get(origin.stage) as Entry).order}.${origin.output}`
  const describe = (wire: Wire): unknown =>
    wire.kind === "one"
      ? reference(wire.artifact)
      : wire.members.map(({ path, at, artifact }) => [path, Object.entries(at), reference(artifact)])
  const enter = (node: StageNode): void => {
    const wires = Object.fromEntries(Object.entries(node.wires).map(([port, wire]) => [port, describe(wire)]))
    const identity = canonicalJson([ordinal(node.declaration), node.parameters, wires])
    const entry = byIdentity.get(identity) ?? { node, order: all.length }
    if (entry.order === all.length) {
      byIdentity.set(identity, entry)
      all.push(entry)
    }
    byNode.set(node, entry)
  }
  const stack = roots.map(stageOf).reverse()
  while (stack.length > 0) {
    const node = stack[stack.length - 1]
    if (node === undefined || byNode.has(node)) {
      stack.pop()
      continue
    }
    const waiting = Object.values(node.wires)
      .flatMap(artifactsOf)
      .flatMap((artifact) => stageOf(artifact) ?? [])
      .filter((input) => !byNode.has(input))
    if (waiting.length === 0) {
      enter(node)
      stack.pop()
    } else stack.push(...waiting.reverse())
  }
  return { all, of: (node) => byNode.get(node) as Entry }
}

/**
 * Level by level from what was returned, so that a stage is named by its nearest consumers: by one of them as its id and the port, by several as
 * what their ids have in common and the port, so that what arms share does not bear the name of one arm.
 */
const nameStages = (entries: Entries, found: ReadonlyArray<Found>): void => {
  const taken = new Set<string>()
  let level: Array<Entry> = []
  const claim = (entry: Entry, proposed: string, given: boolean): void => {
    if (entry.id !== undefined) return
    let id = proposed
    if (taken.has(id) && given) throw new DeclarationError({ message: `two different stages are named "${id}"` })
    while (taken.has(id)) id = `${id}'`
    taken.add(id)
    entry.id = id
    level.push(entry)
  }
  const entryOf = (artifact: Artifact): ReadonlyArray<Entry> => {
    const node = stageOf(artifact)
    return node === undefined ? [] : [entries.of(node)]
  }
  const everyArtifact = [
    ...found.map(({ artifact }) => artifact),
    ...entries.all.flatMap(({ node }) => Object.values(node.wires).flatMap(artifactsOf)),
  ]
  for (const artifact of everyArtifact)
    if (artifact.id !== undefined) for (const entry of entryOf(artifact)) claim(entry, artifact.id, true)
  for (const { artifact, path } of found)
    for (const entry of entryOf(artifact)) claim(entry, path.length === 0 ? entry.node.declaration.name : path.join("."), false)
  while (level.length > 0) {
    const consumers = level
    level = []
    const wanted = new Map<Entry, Array<Place>>()
    for (const { id, node } of consumers) {
      const asked = new Set<Entry>()
      for (const { artifact, place } of placesOf(node)) {
        for (const entry of entryOf(artifact)) {
          // A stage that one consumer takes twice is called by the port that comes first.
          if (entry.id !== undefined || asked.has(entry)) continue
          asked.add(entry)
          const places = wanted.get(entry) ?? []
          wanted.set(entry, places)
          places.push({ consumer: id as string, place })
        }
      }
    }
    for (const [entry, places] of wanted) claim(entry, sharedName(places), false)
  }
}

/** Where a stage's output goes: the consumer's id, and the port with what leads to a member of a collection. */
interface Place {
  readonly consumer: string
  readonly place: string
}

/** What is wired to a stage, each with the port and the place there. */
const placesOf = ({ wires }: StageNode): ReadonlyArray<{ readonly artifact: Artifact; readonly place: string }> =>
  Object.entries(wires).flatMap(([port, wire]) =>
    wire.kind === "one"
      ? [{ artifact: wire.artifact, place: port }]
      : wire.members.map(({ path, at, artifact }) => ({ artifact, place: [port, ...path, pointName(at)].filter(Boolean).join(".") })),
  )

/** `arms.offline.pairs` of `arms.beta=0.1,seed=1.offline.pairs` and its like at other points; axes that all share stay. */
const sharedName = (places: ReadonlyArray<Place>): string => {
  const [first] = places as [Place]
  if (places.length === 1) return `${first.consumer}.${first.place}`
  const consumers = places.map(({ consumer }) => segmentsOf(consumer))
  const [head] = consumers as [ReadonlyArray<string>]
  const isAlike = consumers.every((segments) => segments.length === head.length)
  const common: Array<string> = []
  for (const [index, segment] of head.entries()) {
    const there = consumers.map((segments) => segments[index] ?? "")
    const same = sharedAxes(there)
    // Of ids of other lengths the places are not comparable any more, once they differ.
    if (same !== segment && !isAlike) break
    if (same !== "") common.push(same)
  }
  return [...common, first.place].join(".")
}

/** An id taken apart where it was put together; the points of a number are part of it. */
const segmentsOf = (id: string): ReadonlyArray<string> => id.split(/\.(?!\d)/)

/** What segments have in common: all if they are equal, of points of a sweep the axes with equal values, else nothing. */
const sharedAxes = (segments: ReadonlyArray<string>): string => {
  const [first = ""] = segments
  if (segments.every((segment) => segment === first)) return first
  const others = segments.map((segment) => new Set(segment.split(",")))
  return first
    .split(",")
    .filter((axis) => axis.includes("=") && others.every((axes) => axes.has(axis)))
    .join(",")
}
