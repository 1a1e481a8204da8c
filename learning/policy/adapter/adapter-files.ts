import { type FilesInput, type FilesOutput, StageError } from "assay"
import { decodeSafetensors, encodeSafetensors } from "../../../data/safetensors/index.ts"
import type { Configuration, Shapes } from "../configuration.ts"
import type { WeightsByName } from "../parameters.ts"
import { type Adapter, adapterOf } from "./lora.ts"

/** Adapters as PEFT reads and writes them: two files beside the weights of the model, or alone. */

export const adapterConfigFile = "adapter_config.json"
export const adapterWeightsFile = "adapter_model.safetensors"

/** In front of the names of the model's parameters. */
const prefix = "base_model.model."

/** What a model with adapters is for, and the weights beside them that were trained in full. */
export interface AdapterTask {
  readonly type: "CAUSAL_LM" | "SEQ_CLS"
  /** By their names, each the `weight` of a module. */
  readonly saved: Shapes
}

const languageModel: AdapterTask = { type: "CAUSAL_LM", saved: {} }

/** The modules of a task that PEFT keeps whole; null is none. */
const modulesToSave = ({ saved }: AdapterTask): ReadonlyArray<string> | null => {
  const modules = Object.keys(saved).map((name) => name.replace(/\.weight$/, ""))
  return modules.length === 0 ? null : modules
}

/** Writes the adapters of a model, where it has some, and what was trained in full beside them. */
export const writeAdapter = async (
  output: FilesOutput,
  configuration: Configuration,
  parameters: WeightsByName,
  task = languageModel,
): Promise<void> => {
  const { adapter } = configuration
  if (adapter === undefined) return
  const { rank, alpha, targets, maps, shapes } = adapter
  const config = {
    peft_type: "LORA",
    task_type: task.type,
    base_model_name_or_path: null,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: 0,
    bias: "none",
    fan_in_fan_out: maps.some((name) => configuration.isInOut(`${name}.weight`)),
    target_modules: [...targets].sort(),
    ...(modulesToSave(task) === null ? {} : { modules_to_save: modulesToSave(task) }),
    use_rslora: false,
    use_dora: false,
    inference_mode: true,
  }
  const tensors = Object.entries({ ...shapes, ...task.saved }).map(
    ([name, shape]) => [`${prefix}${name}`, { shape, data: parameters[name] as Float32Array }] as const,
  )
  await output.write(adapterWeightsFile, encodeSafetensors(Object.fromEntries(tensors), { format: "pt" }))
  await output.write(adapterConfigFile, `${JSON.stringify(config, null, 2)}\n`)
}

/**
 * The adapters that a folder describes, of a model without any. Throws a StageError `Adapter`
 * (details `key`) for what Assay does not compute as PEFT does.
 */
export const readAdapter = async (input: Pick<FilesInput, "read">, base: Configuration, task = languageModel): Promise<Adapter> => {
  const config: unknown = parse(new TextDecoder().decode(await input.read(adapterConfigFile)))
  if (typeof config !== "object" || config === null) throw refused("it does not hold an object")
  const { r, lora_alpha: alpha, target_modules: targets, ...rest } = config as Readonly<Record<string, unknown>>
  for (const [key, wanted] of Object.entries({ ...fixed, modules_to_save: modulesToSave(task) })) {
    const value = rest[key]
    if (value !== undefined && value !== null && JSON.stringify(value) !== JSON.stringify(wanted))
      throw refused(`${key} is ${JSON.stringify(value)}, and only ${JSON.stringify(wanted)} is supported`, key)
  }
  if (typeof r !== "number" || !Number.isInteger(r) || r < 1)
    throw refused(`r is ${JSON.stringify(r)}; expected a whole number from 1 on`, "r")
  if (typeof alpha !== "number" || !Number.isFinite(alpha))
    throw refused(`lora_alpha is ${JSON.stringify(alpha)}; expected a number`, "lora_alpha")
  if (!Array.isArray(targets) || !targets.every((target) => typeof target === "string"))
    throw refused(`target_modules is ${JSON.stringify(targets)}; expected a list of names`, "target_modules")
  return adapterOf(base, { rank: r, alpha, targets: targets as ReadonlyArray<string> })
}

/** What PEFT may do besides, and Assay does not. */
const fixed = {
  peft_type: "LORA",
  bias: "none",
  use_rslora: false,
  use_dora: false,
  rank_pattern: {},
  alpha_pattern: {},
  layers_to_transform: null,
  trainable_token_indices: null,
}

/**
 * The matrices of adapters, and what was trained in full beside them. Throws a StageError `Adapter`
 * where one is missing or has another shape.
 */
export const readAdapterWeights = async (
  input: Pick<FilesInput, "read">,
  { shapes }: Adapter,
  { saved } = languageModel,
): Promise<WeightsByName> => {
  const { tensors } = decodeSafetensors(await input.read(adapterWeightsFile))
  return Object.fromEntries(
    Object.entries({ ...shapes, ...saved }).map(([name, shape]) => {
      const tensor = tensors[`${prefix}${name}`]
      if (tensor?.shape.join() === shape.join()) return [name, tensor.data]
      const found = tensor === undefined ? "is missing" : `has shape [${tensor.shape}]`
      throw refused(`${adapterWeightsFile}: ${prefix}${name} ${found}; ${adapterConfigFile} asks for [${shape}]`)
    }),
  )
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refused((error as Error).message)
  }
}

const refused = (problem: string, key?: string): StageError =>
  new StageError("Adapter", `${adapterConfigFile}: ${problem}`, key === undefined ? {} : { file: adapterConfigFile, key })
