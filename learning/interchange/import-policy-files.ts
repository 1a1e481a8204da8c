import { type FilesInput, type Run, StageError } from "assay"
import { parseFile, readDescription, writePolicy } from "../policy/files.ts"
import { checkArchitecture, checkConfiguration, checkWeights } from "./gpt2-configuration.ts"
import { gpt2Parameters } from "./gpt2-parameters.ts"
import type { importPolicyFiles } from "./import-policy-files.stage.ts"
import { keepSpaces, startTexts } from "./tokenizer-files.ts"

export const run: Run<typeof importPolicyFiles> = async ({ inputs, outputs }) => {
  const content = async (input: FilesInput) => new TextDecoder().decode(await bytesOf(input))
  const files = new Map([
    ["config.json", await content(inputs.config)],
    ["tokenizer.json", startTexts(await content(inputs.tokenizer))],
    ["tokenizer_config.json", keepSpaces(await content(inputs.tokenizerConfig))],
  ])
  checkArchitecture(parseFile("config.json", () => JSON.parse(files.get("config.json") ?? "")))
  const described = await readDescription({
    names: [...files.keys()],
    read: async (name) => new TextEncoder().encode(files.get(name)),
  })
  checkConfiguration(JSON.parse(files.get("config.json") ?? ""), described.tokenizer.endOfText)
  const weights = await bytesOf(inputs.weights)
  checkWeights(weights, inputs.weights.names[0] ?? "the file of weights")
  const parameters = gpt2Parameters(weights, described.configuration)
  const { vocabulary, tokens = vocabulary } = described.configuration
  if (tokens < vocabulary) {
    const padded = vocabulary - tokens
    console.log(
      `${padded} of ${vocabulary} logits have no token (padding): never drawn; log-probabilities include them, as in transformers`,
    )
  }
  await writePolicy(outputs.policy, { ...described, parameters })
}

const bytesOf = async (input: FilesInput): Promise<Uint8Array> => {
  const [name, ...others] = input.names
  if (name === undefined || others.length > 0) throw new StageError("SeveralFiles", `expected one file, found ${input.names.length}`)
  return input.read(name)
}
