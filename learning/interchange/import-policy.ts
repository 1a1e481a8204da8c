import { type Artifact, file } from "assay"
import type { Policy } from "../artifacts.ts"
import { importPolicyFiles } from "./import-policy-files.stage.ts"

/**
 * A policy from a folder on disk in which `transformers` saved a GPT-2: its `config.json`,
 * `model.safetensors`, `tokenizer.json` and `tokenizer_config.json`; what is no part of a policy,
 * as a log of its training, stays behind. A relative path is taken from the project root. What
 * Assay cannot compute as `transformers` does is refused.
 *
 * The context is the `n_positions` of `config.json`. No chat template is applied. Prompts start
 * with `<|endoftext|>`, and the tokenizer is made to say so. Logits beyond the tokenizer's tokens
 * are padding: never drawn, but part of every log-probability's normaliser, as in `transformers`
 * and TRL.
 */
export const importPolicy = ({ directory }: { readonly directory: string }): Artifact<typeof Policy> => {
  const inside = (name: string) => file(`${directory.replace(/\/+$/, "")}/${name}`)
  return importPolicyFiles({
    config: inside("config.json"),
    weights: inside("model.safetensors"),
    tokenizer: inside("tokenizer.json"),
    tokenizerConfig: inside("tokenizer_config.json"),
  })
}
