import { readFile } from "node:fs/promises"
import type { DeclaredSource } from "assay"

/**
 * A context that is known before anything runs, in tokens, and what to do where it is too short.
 */
export interface DeclaredContext {
  readonly tokens: number
  readonly remedy: string
}

/** The port that leads from a stage to the policy whose context its own policies have. */
const portOfPolicy: Readonly<Record<string, string>> = {
  "policy-at": "run",
  optimize: "reference",
  "optimize-online": "reference",
  "golden-policy": "reference",
  sft: "base",
}

/**
 * The context of a policy, from where it was trained or imported; undefined where that is not
 * known.
 */
export const declaredContext = async (policy: DeclaredSource | undefined): Promise<DeclaredContext | undefined> => {
  let source = policy
  while (source !== undefined && "stage" in source) {
    const { name, parameters, inputs } = source.stage
    if (name === "sft" && inputs.base === undefined) return contextOf(parameters.context, "Raise sft's context.")
    if (name === "import-policy") return importedContext(inputs.config?.[0])
    source = inputs[portOfPolicy[name] ?? ""]?.[0]
  }
  return undefined
}

export const contextOf = (tokens: unknown, remedy: string): DeclaredContext | undefined =>
  typeof tokens === "number" && tokens > 0 ? { tokens, remedy } : undefined

/** Of a policy's `config.json`. */
const importedContext = async (config: DeclaredSource | undefined): Promise<DeclaredContext | undefined> => {
  if (config === undefined || !("file" in config)) return undefined
  const { n_positions, max_position_embeddings } = JSON.parse(await readFile(config.file, "utf8")) as Readonly<Record<string, unknown>>
  return contextOf(n_positions ?? max_position_embeddings, "Import a policy with a longer context.")
}
