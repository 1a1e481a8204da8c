import { File, stage } from "assay"
import { Policy } from "../artifacts.ts"

/**
 * The files of a Hugging Face GPT-2 as a policy: weights renamed where they lack `transformer.`,
 * buffers left out, the output layer tied to the embedding. Fails with a StageError
 * `UnsupportedPolicy` (details `file`, and `key` or `tensor`) for what is a GPT-2 that Assay does
 * not compute, `NotAPolicy` or `TokenizerFile` for what is none. A policy that Assay wrote comes
 * back bit for bit.
 */
export const importPolicyFiles = stage({
  name: "import-policy",
  inputs: { config: File, weights: File, tokenizer: File, tokenizerConfig: File },
  parameters: {},
  outputs: { policy: Policy },
  run: () => import("./import-policy-files.ts"),
})
