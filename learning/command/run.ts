import { type Context, StageError, type WrittenOutput } from "assay"
import type { Policy } from "../artifacts.ts"

/**
 * Named here, because what declares artifacts brings packages with it: an upgrade of one would run
 * every program again.
 */
const policy: (typeof Policy)["name"] = "policy"

/** What every reader of a policy looks for. */
const filesOfPolicy = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]

/** Runs the program of the stage, and looks whether the policies among its outputs are whole. */
export const run = async ({ command }: Pick<Context<never, never, never>, "command">): Promise<void> => {
  if (command === undefined) throw new StageError("NoCommand", "the stage declares no program: declare it by command({ … })")
  for (const written of await command.run()) if (written.artifact === policy) checkPolicy(written)
}

const checkPolicy = ({ output, files }: WrittenOutput): void => {
  const missing = filesOfPolicy.filter((name) => !files.includes(name))
  if (missing.length > 0)
    throw new StageError(
      "NotAPolicy",
      `output "${output}" is a policy and has no ${missing.join(", ")}; the program wrote ${files.join(", ")}. Save the model and its tokenizer there by save_pretrained`,
      { output },
    )
}
