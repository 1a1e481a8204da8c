import { type FilesInput, type FilesOutput, StageError } from "assay"
import { decodeSafetensors, encodeSafetensors } from "../../../data/safetensors/index.ts"
import { describeJudge, type JudgeDescription } from "../judge-file.ts"
import type { FeatureSet } from "./feature-set.ts"
import { places } from "./features.ts"
import type { LinearModel } from "./model.ts"

const weightsFile = "model.safetensors"

/** What a linear model is to be as a judge. */
interface LinearJudge extends Pick<JudgeDescription, "judge"> {
  readonly features: FeatureSet
  /** Of a proxy, what it was fitted to, where that is known. */
  readonly labels?: JudgeDescription["labels"] | undefined
}

/** Writes a linear model as a judge, with what is known of it for readers of `judge.json`. */
export const writeLinear = async (
  output: FilesOutput,
  { weights, bias }: LinearModel,
  { judge, features, labels }: LinearJudge,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> => {
  await describeJudge(output, { judge, scorer: "linear", parameters: { features }, labels }, facts)
  const tensors = { bias: { shape: [1], data: Float32Array.of(bias) }, weight: { shape: [places], data: weights } }
  await output.write(weightsFile, encodeSafetensors(tensors))
}

/** Throws a StageError `JudgeFiles` where the weights are not those of a linear model. */
export const readLinear = async (input: FilesInput): Promise<LinearModel> => {
  if (!input.names.includes(weightsFile))
    throw new StageError("JudgeFiles", `judge.json names a linear model, but ${weightsFile} was not found beside it`)
  const { weight, bias } = decodeSafetensors(await input.read(weightsFile)).tensors
  if (weight?.data.length !== places || bias?.data.length !== 1)
    throw new StageError("JudgeFiles", `${weightsFile} is not a linear model: expected weight [${places}] and bias [1]`)
  return { weights: weight.data, bias: bias.data[0] as number }
}
