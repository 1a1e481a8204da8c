import { StageError } from "assay"
import type { Configuration } from "../configuration.ts"
import { architectures } from "./architecture.ts"
import { type ConfigFile, ConfigReader, notAPolicy } from "./config-file.ts"

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
    `config.json describes a model of type ${JSON.stringify(type) ?? "unknown"}${named}; known are ${known}`,
    { file: "config.json", key: "model_type" },
  )
}

/** The classes of `transformers` whose weights are those of a language model, or of its body. */
export const isOfClass = ({ classes }: Configuration, config: ConfigFile): boolean => {
  const { architectures: named } = config
  if (named === undefined || named === null) return true
  const known = [classes.languageModel, classes.classifier, classes.languageModel.replace(/(LMHeadModel|ForCausalLM)$/, "Model")]
  return Array.isArray(named) && named.some((name) => known.includes(name as string))
}
