import { type Artifact, file } from "assay"
import type { Policy } from "../artifacts.ts"
import type { DeclaredArchitecture } from "../policy/architecture/declare-architecture.ts"
import { importPolicyFiles } from "./import-policy-files.stage.ts"

export interface ImportPolicyOptions {
  readonly directory: string
  /**
   * How prompts are read: as the text that they are ("text", the default but for a policy that
   * Assay wrote, which says it), or put into the
   * tokenizer's chat template as what a user says ("chat"). A prompt in the form of HH-RLHF
   * (`\n\nHuman: …\n\nAssistant:`), as imports write conversations, becomes the turns that it has.
   */
  readonly prompts?: "text" | "chat"
  /** The architecture of the model where it is your own: see `architecture`. */
  readonly architecture?: DeclaredArchitecture
}

/**
 * A policy from a folder on disk in which `transformers` saved a language model: its `config.json`,
 * `model.safetensors` or the shards of one, `tokenizer.json` and
 * `tokenizer_config.json`. Other files, such as a training log, are not read. A
 * relative path is taken from the project root. The families are `llama` (Llama 2 and 3, SmolLM2),
 * `mistral` without a sliding window, `qwen2`, `qwen3`, `gpt2` and `gpt_neox` (Pythia); what Assay
 * cannot compute as `transformers` does is refused. Weights of 16 bits are widened to 32.
 *
 * The context is that of `config.json`. Prompts begin as the tokenizer begins a text; where its
 * `bos_token` and `eos_token` are both `<|endoftext|>`, as GPT-2's are, with that, and the
 * tokenizer is made to say so. Logits beyond the tokenizer's tokens are padding: never drawn, but
 * part of every log-probability's normaliser, as in `transformers` and TRL.
 */
export const importPolicy = ({ directory, prompts, architecture }: ImportPolicyOptions): Artifact<typeof Policy> =>
  importPolicyFiles({ ...inDirectory(directory), prompts: prompts ?? null, architecture: architecture ?? null })

/** The files of a folder in which `transformers` saved a model and its tokenizer. */
export const inDirectory = (directory: string) => {
  const folder = directory.replace(/\/+$/, "")
  const inside = (name: string) => file(`${folder}/${name}`)
  return {
    config: inside("config.json"),
    weights: inside("{model*.safetensors,pytorch_model*.bin}"),
    tokenizer: inside("tokenizer.json"),
    tokenizerConfig: inside("{tokenizer_config.json,chat_template.jinja}"),
  }
}
