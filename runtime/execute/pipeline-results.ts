import type { ArtifactType } from "../../dsl/artifact.ts"
import type { Graph } from "../../dsl/graph.ts"
import type { Manifest } from "../store/results/manifest.ts"

/**
 * The artifacts that a pipeline returned and no stage consumes, in order, as far as they were
 * computed.
 */
export type PipelineResults = ReadonlyArray<{
  readonly id: string
  readonly output: string
  readonly type: ArtifactType
  readonly manifest: Manifest
}>

export const pipelineResults = (graph: Graph, manifests: ReadonlyMap<string, Manifest>): PipelineResults => {
  const consumed = new Set(
    graph.stages.flatMap(({ inputs }) =>
      inputs.flatMap(({ sources }) => sources.flatMap(({ from }) => (from.kind === "output" ? nameOf(from) : []))),
    ),
  )
  const declarations = new Map(graph.stages.map(({ id, declaration }) => [id, declaration]))
  const seen = new Set<string>()
  return graph.results.flatMap(({ id, output }) => {
    const name = nameOf({ id, output })
    const manifest = manifests.get(id)
    const type = declarations.get(id)?.outputs[output]
    if (manifest === undefined || type === undefined || consumed.has(name) || seen.has(name)) return []
    seen.add(name)
    return [{ id, output, type, manifest }]
  })
}

/** One output of one stage, as text. */
const nameOf = ({ id, output }: { readonly id: string; readonly output: string }): string => JSON.stringify([id, output])
