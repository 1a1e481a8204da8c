import { type FilesInput, type FilesOutput, StageError } from "assay"
import { describeJudge, type JudgeDescription } from "../judge/judge-file.ts"
import { preferenceModelShapes, readForm, writePreferenceModel } from "../judge/preference-model.ts"
import { paddingOf, writeRewardModel } from "../judge/reward-model.ts"
import type { ConfigFile } from "../policy/architecture/config-file.ts"
import { readConfiguration } from "../policy/architecture/read.ts"
import type { Configuration } from "../policy/configuration.ts"
import { parseFile, readDescription } from "../policy/files.ts"
import { checkComputed, readText, readTokenizerConfig, readWeights } from "./import-policy-files.ts"
import { importedParameters, readAll } from "./imported-parameters.ts"
import { keepSpaces, readPromptsAs } from "./tokenizer-files.ts"

interface Context {
  readonly inputs: Readonly<Record<"config" | "weights" | "tokenizer" | "tokenizerConfig", FilesInput>>
  readonly parameters: { readonly prompts: "text" | "chat" | null; readonly appendEndOfText: boolean }
  readonly outputs: { readonly judge: FilesOutput }
}

type Kind = Pick<JudgeDescription, "judge"> & { readonly labels?: JudgeDescription["labels"] | undefined }

/** Reads a reward model as `transformers` saves it, and writes it as a judge of either kind. */
export const importRewardModelAs = async (
  { inputs, parameters: { prompts, appendEndOfText }, outputs }: Context,
  kind: Kind,
): Promise<void> => {
  const files = new Map([
    ["config.json", await readText(inputs.config)],
    // Unlike a policy's, its tokenizer begins texts as it did where the model was trained.
    ["tokenizer.json", await readText(inputs.tokenizer)],
    ["tokenizer_config.json", readPromptsAs(prompts, keepSpaces(await readTokenizerConfig(inputs.tokenizerConfig)))],
  ])
  const config = parseFile("config.json", () => JSON.parse(files.get("config.json") ?? "") as ConfigFile | null)
  checkRewardModel(config as ConfigFile, readConfiguration(config))
  const described = await readDescription({
    names: [...files.keys()],
    read: async (name) => new TextEncoder().encode(files.get(name)),
    plugin: async () => undefined,
  })
  const { configuration } = described
  const shapes = preferenceModelShapes(configuration)
  const parameters = await readAll(await importedParameters(await readWeights(inputs.weights), { ...configuration, shapes }), { shapes })
  const { preference_form: form, pad_token_id } = config as ConfigFile
  // One that Assay trained reads texts as it did then.
  if (form !== undefined) await writePreferenceModel(outputs.judge, { ...described, parameters, form: readForm(form) })
  else await writeRewardModel(outputs.judge, { ...described, parameters, padding: paddingOf(pad_token_id) })
  await describeJudge(outputs.judge, { ...kind, scorer: "reward-model", parameters: { appendEndOfText } })
}

/** Refuses, by its key, what is not a model with one score. */
const checkRewardModel = (config: ConfigFile, configuration: Configuration): void => {
  checkComputed(config)
  const { architectures, num_labels, id2label } = config
  const { classifier } = configuration.classes
  if (Array.isArray(architectures) && !architectures.includes(classifier))
    throw notARewardModel(
      "architectures",
      `is ${JSON.stringify(architectures)}; expected ${classifier}. Train a language model by preferenceModel({ base: importPolicy({ … }), form: "pointwise" }) first`,
    )
  // `transformers` takes two where the file names none.
  const labels = typeof id2label === "object" && id2label !== null ? Object.keys(id2label).length : (num_labels ?? 2)
  if (labels !== 1)
    throw notARewardModel(
      "num_labels",
      `is ${JSON.stringify(labels)}${id2label === undefined && num_labels === undefined ? " where config.json does not say" : ""}; expected 1. A judge reads one score, not the logits of classes`,
    )
}

const notARewardModel = (key: string, problem: string): StageError =>
  new StageError("NotARewardModel", `config.json: ${key} ${problem}`, { file: "config.json", key })
