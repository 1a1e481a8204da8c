import type { WrittenOutput } from "assay"
import { expect, test } from "vitest"
import { run } from "../../../learning/command/run.ts"

const written = (artifact: string, files: ReadonlyArray<string>) =>
  run({ command: { run: async (): Promise<ReadonlyArray<WrittenOutput>> => [{ output: "trained", artifact, files }] } })

const beside = ["config.json", "tokenizer.json", "tokenizer_config.json"]

test("a policy, and a run of checkpoints, are whole where what reads them finds its files", async () => {
  await written("policy", [...beside, "model.safetensors", "training_args.bin"])
  await written("checkpoints", [...beside, "checkpoint-100/model.safetensors"])
  await written("model", ["anything.bin"])
})

test.each([
  [
    "policy",
    ["config.json", "model.safetensors"],
    /^output "trained" is a policy and has no tokenizer\.json, tokenizer_config\.json; the program wrote config\.json, model\.safetensors\. Save the model and its tokenizer there by save_pretrained$/,
  ],
  ["policy", [...beside, "pytorch_model.bin"], /is a policy and has no model\.safetensors/],
  ["checkpoints", [...beside, "model.safetensors"], /is a run of checkpoints and has no checkpoint-<step>\/model\.safetensors/],
])("a %s without files that its readers need fails its stage", async (artifact, files, message) => {
  await expect(written(artifact, files)).rejects.toMatchObject({
    tag: "NotAPolicy",
    message: expect.stringMatching(message),
    details: { output: "trained" },
  })
})

test("a stage that declares no program says so", async () => {
  await expect(run({ command: undefined })).rejects.toMatchObject({ tag: "NoCommand" })
})
