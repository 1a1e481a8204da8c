import type { Configuration } from "../configuration.ts"
import type { ConfigReader } from "./config-file.ts"
import { readGptNeox } from "./gpt-neox.ts"
import { readGpt2 } from "./gpt2.ts"
import { readLlama, readMistral, readQwen2, readQwen3 } from "./llama.ts"

/**
 * A family of language models: what a `config.json` of this `model_type` describes. `read` takes
 * every key that changes what is computed, and refuses by its name, with a StageError
 * `UnsupportedPolicy`, what it does not compute as `transformers` does.
 */
export interface Architecture {
  /** The `model_type` of its `config.json`. */
  readonly modelType: string
  readonly read: (config: ConfigReader) => Configuration
}

/** The families that Assay knows. */
export const architectures: ReadonlyArray<Architecture> = [
  { modelType: "gpt2", read: readGpt2 },
  { modelType: "llama", read: readLlama },
  { modelType: "mistral", read: readMistral },
  { modelType: "qwen2", read: readQwen2 },
  { modelType: "qwen3", read: readQwen3 },
  { modelType: "gpt_neox", read: readGptNeox },
]
