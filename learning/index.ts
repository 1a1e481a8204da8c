/**
 * The parts that training stages are made of, for a method of one's own. Imported as
 * `assay/learning` by the implementation of a stage that declares `engine: true`, not by a
 * pipeline: it loads what computes. `sft`, `optimize` and `optimizeOnline` are made of these parts.
 */

/** TensorFlow.js, the one copy that the engine computes with. */
export * as tf from "@tensorflow/tfjs"
export {
  type Block,
  compile,
  gelu,
  type LayerNorm,
  layerNorm,
  type NamedTensors,
  type NamedValues,
  type Program,
  type Rotation,
  recomputed,
  rmsNorm,
  rotate,
  swiglu,
  type TensorFunction,
  type TensorSpecs,
} from "../engine/index.ts"
export { integers, normals, permutation, uniforms } from "../engine/random/philox.ts"
export { type Decoded, type DecodeRequest, Decoder, type DecoderOptions } from "./decode/decoder.ts"
export type { Judge } from "./judge/judge.ts"
export { describeJudge } from "./judge/judge-file.ts"
export { type Labels, labelsOf } from "./judge/labels.ts"
export { readJudge } from "./judge/read.ts"
export { crossEntropy } from "./objective/cross-entropy.ts"
export { loadLoss, type PairLoss } from "./objective/loss.ts"
export { weightedMean } from "./objective/margin.ts"
export type { PairedResponses } from "./objective/preference-objective.ts"
export { type Adapter, type LoraOptions, type Trainable, trainable, withLora } from "./policy/adapter/lora.ts"
export { type Activation, activations } from "./policy/architecture/activation.ts"
export { type ConfigFile, ConfigReader } from "./policy/architecture/config-file.ts"
export { type Gpt2Sizes, gpt2 } from "./policy/architecture/gpt2.ts"
export { linearOf, withAdapter } from "./policy/architecture/linear.ts"
export { type Rope, readRope, rotationAt } from "./policy/architecture/rope.ts"
export {
  type AsBlock,
  type Attend,
  asItIs,
  type Configuration,
  type HiddenStates,
  type ModelSizes,
  type PlacedTokens,
  type Shapes,
  type Size as PolicySize,
  sizes as policySizes,
  startingWith,
} from "./policy/configuration.ts"
export { type CheckpointedRun, type Policy, readCheckpoint, readCheckpoints, readPolicy, writePolicy } from "./policy/files.ts"
export { LogProbabilities } from "./policy/log-probabilities.ts"
export { type Packed, packSequences, type Sequence } from "./policy/packing.ts"
export { PairBatch, splitSides } from "./policy/pair-batch.ts"
export { initialParameters, type WeightsByName } from "./policy/parameters.ts"
export { type Passage, tokenizePassage } from "./policy/passage.ts"
export { responseLengths, sequenceLogProbability } from "./policy/sequence.ts"
export { promptTokens, readPrompts, responseText, responseTokens } from "./policy/text.ts"
export { type FittedPair, fitPair, type TokenPair, tokenizePair } from "./policy/token-pair.ts"
export { TruncationCount } from "./policy/truncation-count.ts"
export type { TokenizerFiles } from "./tokenizer/format.ts"
export { loadTokenizer, type Tokenizer } from "./tokenizer/tokenizer.ts"
export { trainTokenizer } from "./tokenizer/train.ts"
export { BehaviourPolicy } from "./train/behaviour-policy.ts"
export { type GivenPairsOptions, RecordedPairs, ShuffledPairs } from "./train/given-pairs.ts"
export { meanStaleness } from "./train/mean-staleness.ts"
export { PairLearner, type PairLearnerOptions, type PairObjective } from "./train/pair-learner.ts"
export { PairSampler, type PairSamplerOptions } from "./train/pair-sampler.ts"
export type { DrawnPairs, PairSource } from "./train/pair-source.ts"
export { learnerOptions, PreferenceLearner } from "./train/preference-learner.ts"
export { Recorder, type RecorderOptions } from "./train/recorder.ts"
export { StalenessMeter, type StalenessOptions } from "./train/staleness.ts"
export { Epochs } from "./trainer/epochs.ts"
export { Learner, type LearnerOptions } from "./trainer/learner.ts"
export { LossHistory } from "./trainer/loss-history.ts"
export { nothingToTrain } from "./trainer/nothing-to-train.ts"
export { inParts, type Objective, type Part, type StepReport } from "./trainer/objective.ts"
export { type Resumable, restoreState, type SavedState } from "./trainer/saved-state.ts"
export { warmupConstant, warmupCosine } from "./trainer/schedule.ts"
