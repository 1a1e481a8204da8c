import { type Artifact, type ArtifactType, artifact } from "./artifact.ts"
import { isOutputs } from "./collection.ts"
import { DeclarationError } from "./error.ts"
import { type Graph, toGraph } from "./graph.ts"

const mark: unique symbol = Symbol.for("assay/Pipeline") as never

/** What `pipeline` returns and a pipeline file exports by default. */
export interface Pipeline {
  readonly [mark]: true
  readonly graph: Graph
}

export const isPipeline = (value: unknown): value is Pipeline => typeof value === "object" && value !== null && mark in value

/**
 * Declares a pipeline: the body wires stages and returns a record of what is wanted. Nothing is computed.
 * Throws a DeclarationError where the graph is wrong.
 */
export const pipeline = (name: string, body: () => unknown): Pipeline => ({ [mark]: true, graph: toGraph(name, body()) })

/** The same artifact, or the same outputs of one stage, whose stage goes by this id wherever it is shown. */
export const named = <A extends Artifact | Readonly<Record<string, Artifact>>>(id: string, value: A): A => {
  const rename = <T extends ArtifactType>({ type, origin }: Artifact<T>) => artifact(type, origin, id)
  if (isOutputs(value)) return Object.fromEntries(Object.entries(value).map(([output, each]) => [output, rename(each)])) as A
  if ("origin" in value) return rename(value as Artifact) as A
  throw new DeclarationError({ message: `named("${id}", …) wants an artifact or the outputs of one stage` })
}
