import { type Artifact, type ArtifactType, artifact } from "./artifact.ts"
import { isOutputs } from "./collection.ts"
import { DeclarationError } from "./error.ts"
import { type Graph, toGraph } from "./graph.ts"

const mark: unique symbol = Symbol.for("assay/Pipeline") as never

/** A declared pipeline: the default export of a pipeline file. */
export interface Pipeline {
  readonly [mark]: true
  readonly graph: Graph
}

export const isPipeline = (value: unknown): value is Pipeline => typeof value === "object" && value !== null && mark in value

/**
 * Declares a pipeline. The body calls stages and returns what to compute: an artifact, or a record
 * of artifacts, nested as needed. A stage's id is its path in that record. Nothing is computed
 * until `assay run`.
 *
 *   export default pipeline("quickstart", () => {
 *     const task = corpus({ task: "sentiment" })
 *     return { reference: sft({ corpus: task.text, size: "small", steps: 600, seed: 1 }) }
 *   })
 *
 * Throws a DeclarationError if the body returns no artifact of a stage, or two stages have the same
 * id.
 */
export const pipeline = (name: string, body: () => unknown): Pipeline => ({ [mark]: true, graph: toGraph(name, body()) })

/**
 * The same artifact, or the same outputs of one stage, with an id for the stage that produces it,
 * in place of the one derived from its path. Ids are labels: they do not change what is cached.
 *
 *   const proxy = named("proxy", preferenceModel({ preferences: pairs, steps: 400, seed: 3 }))
 *
 * Throws a DeclarationError for any other value.
 */
export const named = <A extends Artifact | Readonly<Record<string, Artifact>>>(id: string, value: A): A => {
  const rename = <T extends ArtifactType>({ type, origin }: Artifact<T>) => artifact(type, origin, id)
  if (isOutputs(value)) return Object.fromEntries(Object.entries(value).map(([output, reference]) => [output, rename(reference)])) as A
  if ("origin" in value) return rename(value as Artifact) as A
  throw new DeclarationError({
    message: `named("${id}", …) expects an artifact or all outputs of one stage: pass what the call of a stage returned`,
  })
}
