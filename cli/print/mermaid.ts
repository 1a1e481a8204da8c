import type { Graph, GraphSource } from "../../dsl/graph.ts"

/**
 * A pipeline as a Mermaid flowchart: one box per stage, one arrow per wire, labelled with the port.
 */
export const formatMermaid = ({ stages }: Graph): string => {
  const boxes = new Map(stages.map(({ id }, index) => [id, `s${index}`]))
  const files = [...new Set(stages.flatMap(({ inputs }) => inputs.flatMap(({ sources }) => sources.flatMap(fileOf))))]
  const boxOf = ({ from }: GraphSource): string => (from.kind === "file" ? `f${files.indexOf(from.file)}` : (boxes.get(from.id) as string))
  return [
    "flowchart LR",
    ...files.map((file, index) => `  f${index}[/"${escapeLabel(file)}"/]`),
    ...stages.map(({ id, declaration }) => `  ${boxes.get(id)}["${escapeLabel(id)}<br/><i>${escapeLabel(declaration.name)}</i>"]`),
    ...stages.flatMap(({ id, inputs }) =>
      inputs.flatMap(({ port, sources }) => sources.map((source) => `  ${boxOf(source)} -- ${port} --> ${boxes.get(id)}`)),
    ),
  ].join("\n")
}

const fileOf = ({ from }: GraphSource): ReadonlyArray<string> => (from.kind === "file" ? [from.file] : [])

const escapeLabel = (text: string): string => text.replace(/[&<>"#]/g, (character) => `#${character.charCodeAt(0)};`)
