import { File, stage } from "assay"
import { Schema } from "effect"
import { Policy } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"
import { ArchitectureParameter } from "../policy/architecture/declare-architecture.ts"

/**
 * The files of a language model as `transformers` saves it as a policy: weights widened to 32-bit
 * floats and renamed where they are of the bare model, shards joined, buffers left out. Fails with
 * a StageError `UnsupportedPolicy` (details `file`, and `key` or `tensor`) for a model that Assay
 * does not compute, `NotAPolicy` or `TokenizerFile` for what is none. A policy that Assay wrote
 * comes back bit for bit.
 */
export const importPolicyFiles = stage({
  name: "import-policy",
  inputs: { config: File, weights: File, tokenizer: File, tokenizerConfig: File },
  parameters: {
    /**
     * How prompts are read: as the text that they are, or as what a user says, put into the
     * tokenizer's chat template. A prompt in the form of HH-RLHF (`\n\nHuman: …\n\nAssistant:`)
     * becomes the turns of its conversation. null is as a policy that Assay wrote says, and text.
     */
    prompts: withDefault(Schema.NullOr(Schema.Literals(["text", "chat"])), null),
    /** The architecture of the model where it is a user's own. */
    architecture: withDefault(Schema.NullOr(ArchitectureParameter), null),
  },
  outputs: { policy: Policy },
  plugins: { policy: { parameter: "architecture" } },
  run: () => import("./import-policy-files.ts"),
})
