import { type Artifact, type ArtifactType, isArtifact } from "./artifact.ts"
import { canonicalJson, type JsonObject } from "./canonical.ts"
import { isOutputs } from "./collection.ts"
import { artifactsOf, type Declaration, type Point, type StageNode, type Wire } from "./declaration.ts"
import { DeclarationError } from "./error.ts"
import type { PlacedPlugin, PluginDeclaration } from "./plugin.ts"
import { pluginsOf } from "./plugins-of.ts"
import { entriesOf } from "./record.ts"
import { isSweep } from "./sweep.ts"

/** A pipeline as plain data: every stage once, producers before consumers. */
export interface Graph {
  readonly name: string
  readonly stages: ReadonlyArray<GraphStage>
  /** The artifacts that the pipeline's body returned, in order, by stage and output. */
  readonly results: ReadonlyArray<{ readonly id: string; readonly output: string }>
}

/** A stage of the graph, with its id. */
export interface GraphStage {
  readonly id: string
  readonly declaration: Declaration
  readonly parameters: JsonObject
  readonly inputs: ReadonlyArray<GraphInput>
  /** The code that it is given, besides its own. */
  readonly plugins: ReadonlyArray<PlacedPlugin>
}

/**
 * One connected port, in the order of the declaration. `path` and `at` label the members of a
 * collection.
 */
export interface GraphInput {
  readonly port: string
  readonly many: boolean
  readonly sources: ReadonlyArray<GraphSource>
}

/** An artifact that is wired to a port: an output of a stage, or a file. */
export interface GraphSource {
  readonly type: ArtifactType
  readonly from: Origin
  readonly path: ReadonlyArray<string>
  readonly at: Point
}

/** Where an artifact comes from: an output of a stage, or a file. */
export type Origin =
  | { readonly kind: "output"; readonly id: string; readonly output: string }
  | { readonly kind: "file"; readonly file: string }

/**
 * A stage under construction, shared by all nodes with the same declaration, parameters and wires.
 */
interface Entry {
  readonly node: StageNode
  readonly order: number
  id?: string
}

/**
 * Turns what a pipeline's body returned into a graph. A stage's id is the one given by `named`,
 * else its path in the returned value, else the id of its nearest consumer plus the port; with
 * several nearest consumers, the part that their ids share plus the port. Ids are labels: they
 * never enter a key. Throws a DeclarationError if the value contains no artifact or two stages are
 * named alike.
 */
export const toGraph = (name: string, returned: unknown): Graph => {
  const returnedArtifacts = locate(returned)
  if (returnedArtifacts.length === 0)
    throw new DeclarationError({ message: `pipeline ${name}: the body returns no artifact${emptyHint(returned)}` })
  const entries = intern(returnedArtifacts.map(({ artifact }) => artifact))
  nameStages(entries, returnedArtifacts)
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
    plugins: pluginsOf(node),
  }))
  const results = returnedArtifacts.flatMap(({ artifact }) =>
    artifact.origin.kind === "output" ? [{ id: entryOf(artifact).id as string, output: artifact.origin.output }] : [],
  )
  return { name, stages, results }
}

/** What the body returned instead of artifacts, and what to do. */
const emptyHint = (returned: unknown): string => {
  if (returned === undefined) return ", but undefined: end it with `return { … }`, or put parentheses around the record"
  if (typeof returned === "function") return ", but a function: call the stage"
  const found = typeof returned === "object" && returned !== null ? "" : `, but ${JSON.stringify(returned)}`
  return `${found}: return what a stage returned, such as { policy: sft(…) }`
}

interface Located {
  readonly artifact: Artifact
  readonly path: ReadonlyArray<string>
}

/**
 * Every artifact in the returned value with its path; a point of a sweep is one segment,
 * `beta=0.1,seed=1`.
 */
const locate = (returned: unknown): ReadonlyArray<Located> => {
  const located: Array<Located> = []
  const visit = (value: unknown, path: ReadonlyArray<string>, above: ReadonlyArray<object>): void => {
    if (isArtifact(value)) located.push({ artifact: value, path })
    else if (isSweep(value)) for (const point of value.points) visit(point.value, [...path, pointName(point.at)], above)
    else if (isOutputs(value)) for (const artifact of Object.values(value)) located.push({ artifact, path })
    else if (typeof value === "object" && value !== null)
      for (const [key, entry] of entriesOf(value, path, above)) visit(entry, [...path, key], [...above, value])
  }
  visit(returned, [], [])
  return located
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

/**
 * Makes one entry for all nodes with equal declaration, parameters and wires. Iterative, because
 * chains may have ten thousand stages.
 */
const intern = (roots: ReadonlyArray<Artifact>): Entries => {
  const byNode = new Map<StageNode, Entry>()
  const byIdentity = new Map<string, Entry>()
  const declarations = new Map<Declaration | PluginDeclaration, number>()
  const all: Array<Entry> = []
  const ordinal = (declaration: Declaration | PluginDeclaration): number => {
    const number = declarations.get(declaration) ?? declarations.size
    declarations.set(declaration, number)
    return number
  }
  /** A file is read as its type says, so one file with two types is two artifacts. */
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
    const plugins = node.plugins.map(({ declaration }) => ordinal(declaration))
    const identity = canonicalJson([ordinal(node.declaration), node.parameters, plugins, wires])
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
 * Gives every stage its id, level by level from the returned artifacts, so that a stage is named
 * after its nearest consumers: after a single one by its id and the port, after several by the part
 * that their ids share and the port. A stage that all arms share is thus not named after one arm.
 */
const nameStages = (entries: Entries, returned: ReadonlyArray<Located>): void => {
  const taken = new Set<string>()
  let level: Array<Entry> = []
  const claim = (entry: Entry, proposed: string, explicit: boolean): void => {
    if (entry.id !== undefined) return
    let id = proposed
    if (taken.has(id) && explicit) throw new DeclarationError({ message: `two different stages are named "${id}": rename one` })
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
    ...returned.map(({ artifact }) => artifact),
    ...entries.all.flatMap(({ node }) => Object.values(node.wires).flatMap(artifactsOf)),
  ]
  for (const artifact of everyArtifact)
    if (artifact.id !== undefined) for (const entry of entryOf(artifact)) claim(entry, artifact.id, true)
  for (const { artifact, path } of returned)
    for (const entry of entryOf(artifact)) claim(entry, path.length === 0 ? entry.node.declaration.name : path.join("."), false)
  while (level.length > 0) {
    const consumers = level
    level = []
    const unnamed = new Map<Entry, Array<Place>>()
    for (const { id, node } of consumers) {
      const seen = new Set<Entry>()
      for (const { artifact, place } of placesOf(node)) {
        for (const entry of entryOf(artifact)) {
          // A stage that one consumer uses twice is named after the first port.
          if (entry.id !== undefined || seen.has(entry)) continue
          seen.add(entry)
          const places = unnamed.get(entry) ?? []
          unnamed.set(entry, places)
          places.push({ consumer: id as string, place })
        }
      }
    }
    for (const [entry, places] of unnamed) claim(entry, sharedName(places), false)
  }
}

/**
 * Where an output is used: the consumer's id, and the port with the path to the member of a
 * collection.
 */
interface Place {
  readonly consumer: string
  readonly place: string
}

/** The artifacts that are wired to a stage, with their places. */
const placesOf = ({ wires }: StageNode): ReadonlyArray<{ readonly artifact: Artifact; readonly place: string }> =>
  Object.entries(wires).flatMap(([port, wire]) =>
    wire.kind === "one"
      ? [{ artifact: wire.artifact, place: port }]
      : wire.members.map(({ path, at, artifact }) => ({ artifact, place: [port, ...path, pointName(at)].filter(Boolean).join(".") })),
  )

/**
 * `arms.offline.pairs` for `arms.beta=0.1,seed=1.offline.pairs` and the same at other points; axes
 * that all share stay.
 */
const sharedName = (places: ReadonlyArray<Place>): string => {
  const [first] = places as [Place]
  if (places.length === 1) return `${first.consumer}.${first.place}`
  const consumers = places.map(({ consumer }) => segmentsOf(consumer))
  const [head] = consumers as [ReadonlyArray<string>]
  const isAlike = consumers.every((segments) => segments.length === head.length)
  const common: Array<string> = []
  for (const [index, segment] of head.entries()) {
    const same = sharedAxes(consumers.map((segments) => segments[index] ?? ""))
    // Ids of different lengths cannot be compared beyond the first difference.
    if (same !== segment && !isAlike) break
    if (same !== "") common.push(same)
  }
  return [...common, first.place].join(".")
}

/** Splits an id at its dots, except at the decimal point of a number. */
const segmentsOf = (id: string): ReadonlyArray<string> => id.split(/\.(?!\d)/)

/**
 * What segments share: everything if they are equal, of sweep points the axes with equal values,
 * else nothing.
 */
const sharedAxes = (segments: ReadonlyArray<string>): string => {
  const [first = ""] = segments
  if (segments.every((segment) => segment === first)) return first
  const others = segments.map((segment) => new Set(segment.split(",")))
  return first
    .split(",")
    .filter((axis) => axis.includes("=") && others.every((axes) => axes.has(axis)))
    .join(",")
}
