import { StageError } from "assay"
import type { Configuration } from "../configuration.ts"
import { architectures } from "./architecture.ts"
import { type ConfigFile, ConfigReader, notAPolicy } from "./config-file.ts"
import type { ArchitectureFunction } from "./declare-architecture.ts"

/**
 * The model that a `config.json` describes. Throws a StageError `NotAPolicy` for what describes
 * none, `UnsupportedPolicy` (details `file`, `key`) for one that Assay does not compute.
 */
export const readConfiguration = (config: ConfigFile | null): Configuration => {
  if (typeof config !== "object" || config === null || Array.isArray(config)) throw notAPolicy("it does not hold an object")
  const { model_type: type, architectures: classes } = config
  const family = architectures.find(({ modelType }) => modelType === type)
  if (family !== undefined) return family.read(new ConfigReader(config))
  const named = Array.isArray(classes) && classes.length > 0 ? ` (${classes.join(", ")})` : ""
  const known = architectures.map(({ modelType }) => modelType).join(", ")
  throw new StageError(
    "UnsupportedPolicy",
    `config.json describes a model of type ${JSON.stringify(type) ?? "unknown"}${named}; known are ${known}; pass importPolicy an \`architecture\` for another`,
    { file: "config.json", key: "model_type" },
  )
}

/** Whether Assay computes models of this `model_type` by itself. */
export const isKnownType = (modelType: unknown): boolean => architectures.some((family) => family.modelType === modelType)

/**
 * The same where the model may be of an architecture of a user's own, which `load` gives as a
 * policy's `plugin` does. Throws a StageError `ArchitectureShape` where that does not describe a
 * model.
 */
export const readAnyConfiguration = async (config: ConfigFile | null, load: () => Promise<unknown>): Promise<Configuration> => {
  const type = config?.model_type
  if (typeof type !== "string" || isKnownType(type)) return readConfiguration(config)
  const read = await load().catch((error: unknown) => {
    if ((error as { readonly tag?: unknown }).tag === "NoPlugin") return undefined
    throw error
  })
  return read === undefined ? readConfiguration(config) : readBy(read as ArchitectureFunction, type, config as ConfigFile)
}

const readBy = (read: ArchitectureFunction, type: string, config: ConfigFile): Configuration => {
  const wrong = (problem: string): StageError =>
    new StageError("ArchitectureShape", `architecture ${type}: ${problem}`, { modelType: type })
  if (typeof read !== "function") throw wrong('its module must export a function "run"')
  const configuration: Partial<Configuration> | undefined = read(new ConfigReader(config))
  const { shapes, output, vocabulary, width, hiddenStates } = configuration ?? {}
  if (typeof hiddenStates !== "function" || typeof shapes !== "object" || output === undefined)
    throw wrong("`run` must return a Configuration, with `shapes`, `output` and `hiddenStates`")
  if (shapes[output]?.join() !== `${vocabulary},${width}`)
    throw wrong(`the output layer ${output} has shape [${shapes[output]}]; expected [${vocabulary},${width}], vocabulary and width`)
  if (configuration?.config?.model_type !== type)
    throw wrong(`\`config\` has model_type ${JSON.stringify(configuration?.config?.model_type)}; expected ${JSON.stringify(type)}`)
  return configuration as Configuration
}

/** The classes of `transformers` whose weights are those of a language model, or of its body. */
export const isOfClass = ({ classes }: Configuration, config: ConfigFile): boolean => {
  const { architectures: named } = config
  if (named === undefined || named === null) return true
  const known = [classes.languageModel, classes.classifier, classes.languageModel.replace(/(LMHeadModel|ForCausalLM)$/, "Model")]
  return Array.isArray(named) && named.some((name) => known.includes(name as string))
}
