import { Effect } from "effect"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import { loadPipeline } from "../../runtime/index.ts"
import type { Options } from "../options.ts"
import { formatMermaid } from "../print/mermaid.ts"
import { print, printJson } from "../print/screen.ts"
import { findPipelineFile } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const graph = Effect.fn("assay graph")(function* ({ pipeline, mermaid, json }: Options<"graph">) {
  const { graph } = yield* loadPipeline(yield* findPipelineFile(pipeline))
  if (json) return yield* printJson(graphJson(graph))
  return yield* print(mermaid ? formatMermaid(graph) : graph.stages.map(formatStage).join("\n"))
}, withRuntime)

/**
 *     {"pipeline", "stages": [{"id", "stage", "parameters", "inputs": [
 *      {"port", "from": [{"id", "output"} | {"file"}]}]}], "results": [{"id", "output"}]}
 */
const graphJson = ({ name, stages, results }: Graph) => ({
  pipeline: name,
  stages: stages.map(({ id, declaration, parameters, inputs }) => ({
    id,
    stage: declaration.name,
    parameters,
    inputs: inputs.map(({ port, sources }) => ({ port, from: sources.map(({ from: { kind, ...from } }) => from) })),
  })),
  results,
})

const formatStage = ({ id, declaration, parameters, inputs }: GraphStage): string => {
  const settings = Object.entries(parameters).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`)
  const wires = inputs.flatMap(({ port, sources }) =>
    sources.map(({ from }) => `    ${port} ← ${from.kind === "file" ? from.file : `${from.id} (${from.output})`}`),
  )
  return [`${id}  (${declaration.name})`, ...wires, ...settings].join("\n")
}
