import { type Context, StageError, type WrittenOutput } from "assay"
import type { Checkpoints, Policy } from "../artifacts.ts"

/*
 * Types of artifacts are named here, because what declares them brings packages with it: an upgrade
 * of one would run every program again.
 */
const policy: (typeof Policy)["name"] = "policy"
const checkpoints: (typeof Checkpoints)["name"] = "checkpoints"

/** What every reader of a policy, or of several of one tokenizer, looks for beside the weights. */
const description = ["config.json", "tokenizer.json", "tokenizer_config.json"]

/** Runs the program of the stage, and looks whether the policies among its outputs are whole. */
export const run = async ({ command }: Pick<Context<never, never, never>, "command">): Promise<void> => {
  if (command === undefined) throw new StageError("NoCommand", "the stage declares no program: declare it by command({ … })")
  for (const written of await command.run()) if (written.artifact === policy || written.artifact === checkpoints) checkPolicy(written)
}

const checkPolicy = ({ output, artifact, files }: WrittenOutput): void => {
  const hasWeights = files.some((name) =>
    artifact === policy ? name === "model.safetensors" : /^checkpoint-\d+\/model\.safetensors$/.test(name),
  )
  const weights = artifact === policy ? "model.safetensors" : "checkpoint-<step>/model.safetensors"
  const missing = [...description.filter((name) => !files.includes(name)), ...(hasWeights ? [] : [weights])]
  if (missing.length > 0)
    throw new StageError(
      "NotAPolicy",
      `output "${output}" is a ${artifact === policy ? "policy" : "run of checkpoints"} and has no ${missing.join(", ")}; the program wrote ${files.join(", ")}. Save the model and its tokenizer there by save_pretrained`,
      { output },
    )
}
