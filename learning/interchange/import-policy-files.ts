import { type FilesInput, type Run, StageError } from "assay"
import { type ConfigFile, unsupportedKey } from "../policy/architecture/config-file.ts"
import { isKnownType, isOfClass, readAnyConfiguration } from "../policy/architecture/read.ts"
import type { Configuration } from "../policy/configuration.ts"
import { parseFile, readDescription, writePolicyFrom } from "../policy/files.ts"
import type { importPolicyFiles } from "./import-policy-files.stage.ts"
import { importedParameters, type WeightsFile } from "./imported-parameters.ts"
import { chatTemplateFile, keepSpaces, readPromptsAs, startTexts, withChatTemplate } from "./tokenizer-files.ts"
import { checkWeights, formatBytes } from "./weights-format.ts"

export const run: Run<typeof importPolicyFiles> = async ({ inputs, parameters: { prompts, architecture }, outputs, plugin }) => {
  const tokenizerConfig = await readTokenizerConfig(inputs.tokenizerConfig)
  const files = new Map([
    ["config.json", await readText(inputs.config)],
    ["tokenizer.json", startTexts(await readText(inputs.tokenizer), tokenizerConfig)],
    ["tokenizer_config.json", readPromptsAs(prompts, keepSpaces(tokenizerConfig))],
  ])
  // A model of another kind is refused by its name before anything else is missed in its files.
  const config = parseFile("config.json", () => JSON.parse(files.get("config.json") ?? "") as ConfigFile | null)
  if (architecture !== null) checkArchitecture(architecture._tag, config?.model_type)
  const load = () => (architecture === null ? Promise.resolve(undefined) : plugin("architecture"))
  const configuration = await readAnyConfiguration(config, load)
  const described = await readDescription({
    names: [...files.keys()],
    read: async (name) => new TextEncoder().encode(files.get(name)),
    plugin: load,
  })
  // The code that the folder names is that of `transformers`; the architecture stands for it.
  const { auto_map: _, ...computed } = config as ConfigFile
  checkConfig(architecture === null ? (config as ConfigFile) : computed, configuration, described.tokenizer.endOfText)
  const readParameter = await importedParameters(await readWeights(inputs.weights), described.configuration)
  const { vocabulary, tokens = vocabulary } = described.configuration
  if (tokens < vocabulary) {
    const padded = vocabulary - tokens
    console.log(
      `${padded} of ${vocabulary} logits have no token (padding): never drawn; log-probabilities include them, as in transformers`,
    )
  }
  await writePolicyFrom(outputs.policy, described, readParameter)
}

/**
 * A `tokenizer_config.json`, with the chat template that newer versions of `transformers` keep in a
 * file of its own.
 */
export const readTokenizerConfig = async (input: FilesInput): Promise<string> => {
  const text = async (name: string) => new TextDecoder().decode(await input.read(name))
  const config = await text("tokenizer_config.json")
  return input.names.includes(chatTemplateFile) ? withChatTemplate(config, await text(chatTemplateFile)) : config
}

/** The weights of a folder; of one that has both, the safetensors alone, as `transformers` does. */
export const readWeights = async (input: FilesInput): Promise<ReadonlyArray<WeightsFile>> => {
  const safe = input.names.filter((name) => name.endsWith(".safetensors"))
  const files: Array<WeightsFile> = []
  for (const name of safe.length > 0 ? safe : input.names.slice(0, 1)) {
    const content = await input.open(name)
    checkWeights(await content.read(0, Math.min(formatBytes, content.size)), name)
    files.push({ name, content })
  }
  return files
}

/** The text of the only file. Throws a StageError `SeveralFiles` where there are more. */
export const readText = async (input: FilesInput): Promise<string> => {
  const [name, ...others] = input.names
  if (name === undefined || others.length > 0) throw new StageError("SeveralFiles", `expected one file, found ${input.names.length}`)
  return new TextDecoder().decode(await input.read(name))
}

/** Refuses an architecture for another model than the one that is imported. */
const checkArchitecture = (modelType: string, found: unknown): void => {
  if (isKnownType(modelType))
    throw unsupportedKey(
      "model_type",
      `is ${JSON.stringify(found)}, and Assay computes ${modelType} by itself; leave \`architecture\` out, or give your own another model_type`,
    )
  if (modelType !== found)
    throw unsupportedKey(
      "model_type",
      `is ${JSON.stringify(found)}; the \`architecture\` that was passed is for ${JSON.stringify(modelType)}`,
    )
}

/** Refuses, by its key, what a language model may have and Assay does not compute. */
const checkConfig = (config: ConfigFile, configuration: Configuration, endOfText: number): void => {
  if (!isOfClass(configuration, config)) {
    const { classes } = configuration
    throw unsupportedKey("architectures", `is ${JSON.stringify(config.architectures)}, and only ${classes.languageModel} is supported`)
  }
  checkComputed(config)
  const { eos_token_id: end } = config
  const ends: ReadonlyArray<unknown> = Array.isArray(end) ? end : [end ?? endOfText]
  if (!ends.includes(endOfText))
    throw unsupportedKey("eos_token_id", `is ${JSON.stringify(end)}, and only ${endOfText}, a list with it or null is supported`)
}

/** Refuses, by its key, what a model of any kind may have and Assay does not compute. */
export const checkComputed = ({ quantization_config: quantized, auto_map: code }: ConfigFile): void => {
  if (quantized !== undefined && quantized !== null)
    throw unsupportedKey("quantization_config", "is given, and only whole weights are read")
  if (code !== undefined && code !== null) throw unsupportedKey("auto_map", "names code of its own, which Assay does not run")
}
