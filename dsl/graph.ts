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
  readonly from: { readonly id: string; readonly output: string } | { readonly file: string }
  readonly path: ReadonlyArray<string>
  readonly at: Point
}

/** A stage under construction: nodes that were declared alike share one. */
interface Entry {
  readonly node: StageNode
  readonly order: number
  id?: string
}

/**
 * Turns what a pipeline's body returned into a graph. A stage's id is the name it was given by `named`, else its path
 * in the returned value, else its nearest consumer's id plus the port. Ids are labels: they never enter a key.
 * Throws a DeclarationError if the value holds no stage or two stages claim one id.
 */
export const toGraph = (name: string, returned: unknown): Graph => {
  const found = locate(returned)
  if (found.length === 0) throw new DeclarationError({ message: `pipeline ${name}: returns no artifact` })
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
            ? { file: artifact.origin.path }
            : { id: entryOf(artifact).id as string, output: artifact.origin.output },
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

/** Breadth first from what was returned, so that a stage is named by its nearest consumer. */
const nameStages = (entries: Entries, found: ReadonlyArray<Found>): void => {
  const taken = new Map<string, Entry>()
  const queue: Array<Entry> = []
  const claim = (artifact: Artifact, proposed: string, given: boolean): void => {
    const node = stageOf(artifact)
    if (node === undefined) return
    const entry = entries.of(node)
    if (entry.id !== undefined) return
    if (taken.has(proposed)) {
      if (given) throw new DeclarationError({ message: `two different stages are named "${proposed}"` })
      claim(artifact, `${proposed}'`, false)
      return
    }
    taken.set(proposed, entry)
    entry.id = proposed
    queue.push(entry)
  }
  const everyArtifact = [
    ...found.map(({ artifact }) => artifact),
    ...entries.all.flatMap(({ node }) => Object.values(node.wires).flatMap(artifactsOf)),
  ]
  for (const artifact of everyArtifact) if (artifact.id !== undefined) claim(artifact, artifact.id, true)
  for (const { artifact, path } of found)
    claim(artifact, path.length === 0 ? (stageOf(artifact)?.declaration.name ?? "") : path.join("."), false)
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const [port, wire] of Object.entries(next.node.wires)) {
      if (wire.kind === "one") claim(wire.artifact, `${next.id}.${port}`, false)
      else
        for (const { path, at, artifact } of wire.members)
          claim(artifact, [next.id, port, ...path, pointName(at)].filter(Boolean).join("."), false)
    }
  }
}
