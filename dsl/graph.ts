import { type Artifact, type ArtifactType, isArtifact } from "./artifact.ts"
import type { JsonObject } from "./canonical.ts"
import { isOutputs } from "./collection.ts"
import type { Declaration, Point, StageNode } from "./declaration.ts"
import { DeclarationError } from "./error.ts"
import { intern } from "./intern.ts"
import { nameStages, pointName, type Returned, type StageName } from "./name-stages.ts"
import { placeStages, type SweepPlace } from "./place-stages.ts"
import type { PlacedPlugin } from "./plugin.ts"
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

/** A stage of the graph, with its id, and its place in the sweeps around it. */
export interface GraphStage extends SweepPlace {
  readonly id: string
  readonly declaration: Declaration
  readonly parameters: JsonObject
  readonly inputs: ReadonlyArray<GraphInput>
  /** The code that it is given, besides its own. */
  readonly plugins: ReadonlyArray<PlacedPlugin>
}

/**
 * Whether an answer from outside, which cannot be had again, is part of a stage's result: its own,
 * or one of a plugin that it is given.
 */
export const isRecordedStage = ({ declaration, plugins }: Pick<GraphStage, "declaration" | "plugins">): boolean =>
  declaration.recorded === true || plugins.some((plugin) => plugin.declaration.recorded === true)

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
  const names = nameStages(entries, returnedArtifacts)
  const places = placeStages(entries, names, returnedArtifacts)
  const idOf = (node: StageNode): string => (names.get(entries.of(node)) as StageName).id
  const origin = ({ origin }: Artifact): Origin =>
    origin.kind === "file" ? { kind: "file", file: origin.path } : { kind: "output", id: idOf(origin.stage), output: origin.output }
  const stages = entries.all.map((entry): GraphStage => {
    const { declaration, parameters, wires } = entry.node
    const inputs = Object.keys(declaration.inputs).flatMap((port) => {
      const wire = wires[port]
      if (wire === undefined) return []
      const source = (artifact: Artifact, path: ReadonlyArray<string> = [], at: Point = {}): GraphSource => ({
        type: artifact.type,
        from: origin(artifact),
        path,
        at,
      })
      const sources =
        wire.kind === "one" ? [source(wire.artifact)] : wire.members.map((member) => source(member.artifact, member.path, member.at))
      return [{ port, many: wire.kind === "many", sources }]
    })
    return {
      id: idOf(entry.node),
      ...(places.get(entry) as SweepPlace),
      declaration,
      parameters,
      inputs,
      plugins: pluginsOf(entry.node),
    }
  })
  const results = returnedArtifacts.flatMap(({ artifact: { origin } }) =>
    origin.kind === "output" ? [{ id: idOf(origin.stage), output: origin.output }] : [],
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

/** Every artifact in the returned value with its place. */
const locate = (returned: unknown): ReadonlyArray<Returned> => {
  const located: Array<Returned> = []
  type Place = Omit<Returned, "artifact">
  const visit = (value: unknown, place: Place, above: ReadonlyArray<object>): void => {
    const { path, keys, at } = place
    if (isArtifact(value)) located.push({ artifact: value, ...place })
    else if (isSweep(value))
      for (const point of value.points)
        visit(point.value, { path: [...path, pointName(point.at)], keys, at: { ...at, ...point.at } }, above)
    else if (isOutputs(value)) for (const artifact of Object.values(value)) located.push({ artifact, ...place })
    else if (typeof value === "object" && value !== null)
      for (const [key, entry] of entriesOf(value, path, above))
        visit(entry, { path: [...path, key], keys: [...keys, key], at }, [...above, value])
  }
  visit(returned, { path: [], keys: [], at: {} }, [])
  return located
}
