import { type FilesInput, StageError } from "assay"
import { Option, Schema } from "effect"
import { LabelSets } from "./labels.ts"

/** The file of an `EnsembleWeights` artifact. */
export const weightsFile = "weights.json"

const Accuracy = Schema.NullOr(Schema.Finite)

const FittedWeights = Schema.Struct({
  /** In the order of the members. */
  members: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      /** Logical digest of the judge. */
      judge_key: Schema.String,
      weight: Schema.Finite,
      /** Share of the pairs that it orders as they are labelled. */
      accuracy: Accuracy,
    }),
  ),
  /** Pairs that are not ties. */
  pairs: Schema.Int,
  accuracy_equal_weights: Accuracy,
  /** By cross-validation. */
  accuracy_fitted_weights: Accuracy,
  /** What the weights were fitted to, where that is known. */
  labels: Schema.optionalKey(LabelSets),
})
export type FittedWeights = typeof FittedWeights.Type

/** Throws a StageError `JudgeFiles` where the folder does not hold weights. */
export const readWeights = async (input: FilesInput): Promise<FittedWeights> => {
  const text = input.names.includes(weightsFile) ? new TextDecoder().decode(await input.read(weightsFile)) : ""
  const weights = Option.getOrUndefined(decode(text))
  if (weights === undefined)
    throw new StageError(
      "JudgeFiles",
      `${weightsFile} does not hold the weights of an ensemble: pass the output of ensembleWeights(), or none for equal weights`,
    )
  return weights
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(FittedWeights))
