import type { Graph } from "../../dsl/graph.ts"
import type { Manifest } from "../store/manifest.ts"

/** What a pipeline returned and nothing consumes, in order, as far as it was computed. */
export type Results = ReadonlyArray<{ readonly id: string; readonly output: string; readonly manifest: Manifest }>

export const resultsOf = (graph: Graph, manifests: ReadonlyMap<string, Manifest>): Results => {
  const consumed = new Set(
    graph.stages.flatMap(({ inputs }) => inputs.flatMap(({ sources }) => sources.map(({ from }) => JSON.stringify(from)))),
  )
  const seen = new Set<string>()
  return graph.results.flatMap(({ id, output }) => {
    const name = JSON.stringify({ id, output })
    const manifest = manifests.get(id)
    if (manifest === undefined || consumed.has(name) || seen.has(name)) return []
    seen.add(name)
    return [{ id, output, manifest }]
  })
}
