import * as tf from "@tensorflow/tfjs"
import { type FilesInput, type Run, StageError } from "assay"
import { recomputed } from "../../engine/index.ts"
import { permutation } from "../../engine/random/philox.ts"
import { type LoraOptions, withLora } from "../policy/adapter/lora.ts"
import { merge } from "../policy/adapter/merge.ts"
import { gpt2 } from "../policy/architecture/gpt2.ts"
import { type AsBlock, sizes } from "../policy/configuration.ts"
import { json, readPolicy } from "../policy/files.ts"
import { splitSides } from "../policy/pair-batch.ts"
import { drawMatrix, initialParameters } from "../policy/parameters.ts"
import { tokenizeOnce } from "../policy/tokenize-once.ts"
import { TruncationCount } from "../policy/truncation-count.ts"
import { loadTokenizer } from "../tokenizer/tokenizer.ts"
import { trainTokenizer } from "../tokenizer/train.ts"
import { epochs } from "../trainer/epochs.ts"
import { Learner, type Snapshot } from "../trainer/learner.ts"
import { LossHistory } from "../trainer/loss-history.ts"
import { nothingToTrain } from "../trainer/nothing-to-train.ts"
import { inParts, type Objective } from "../trainer/objective.ts"
import { offerState, savedState } from "../trainer/saved-state.ts"
import { warmupCosine } from "../trainer/schedule.ts"
import { type TextPair, toTextPair } from "./judge.ts"
import { describeJudge } from "./judge-file.ts"
import { countSets, type LabelSets, labelSetsOf, printTies, printUncounted, printUnknownLabels } from "./labels.ts"
import { accuracyOf, bagBaseline } from "./linear/index.ts"
import type { PreferenceForm } from "./preference-form.ts"
import type { preferenceModel } from "./preference-model.stage.ts"
import {
  type PreferenceModel,
  preferenceModelJudge,
  preferenceModelShapes,
  scoreRows,
  scoreWeight,
  trainablePreferenceModel,
  writePreferenceModel,
} from "./preference-model.ts"
import { packPairs, tokenizePair } from "./tokenize-pairs.ts"

export const run: Run<typeof preferenceModel> = async (context) => {
  const { labels } = await trainPreferenceModel(context)
  await describeJudge(context.outputs.judge, { judge: "proxy", scorer: "preference-model", labels })
}

/** The labels that the model learned from, for `judge.json`; undefined where some are not known. */
interface Trained {
  readonly labels: LabelSets | undefined
}

/** What a stage hands over that trains one, whichever sort of judge its output is. */
type Context = Pick<Parameters<Run<typeof preferenceModel>>[0], "inputs" | "parameters" | "outputs" | "engine" | "progress" | "resume">

export const trainPreferenceModel = async ({ inputs, parameters, outputs, engine, progress, resume }: Context): Promise<Trained> => {
  const { steps, seed, batchSize, learningRate, weightDecay, gradientAccumulation, recomputeActivations } = parameters
  const rows = await inputs.preferences.read()
  const pairs = rows.filter(({ tie }) => !tie).map(toTextPair)
  const { train, heldOut } = splitByPrompt(pairs, seed)
  if (train.length < batchSize) {
    throw new StageError("TooLittleData", `there are ${train.length} pairs to train on that are not ties, and a batch takes ${batchSize}`, {
      pairs: train.length,
      batchSize,
    })
  }
  const initial = inputs.base === undefined ? fromScratch(train, parameters) : await fromPolicy(inputs.base, parameters)
  const { trained, frozen } = trainablePreferenceModel(initial.configuration)
  const asBlock = recomputeActivations ? recomputed((name) => trained[name] !== undefined) : undefined
  const learner = new Learner(trained, initial.parameters, likelihood(initial, asBlock), engine, { weightDecay, frozen })

  const saved = await savedState<Snapshot & Readonly<Record<"losses" | "truncated", Float32Array>>>(resume)
  if (saved !== undefined) learner.restore(saved)
  const losses = new LossHistory(steps, progress, saved?.losses)
  const truncated = new TruncationCount()
  truncated.restore(saved?.truncated)
  const { context } = initial.configuration
  const tokenize = tokenizeOnce((pair: TextPair) => tokenizePair(initial, pair))
  if (train.every((pair) => tokenize(pair).isEmpty)) throw nothingToTrain(`none of ${train.length} pairs fits`, context)
  for (const indices of epochs(train.length, { batchSize, steps, seed, done: learner.steps })) {
    const batch = indices.map((index) => tokenize(train[index] as TextPair))
    for (const { cut, isEmpty } of batch) truncated.add(cut, isEmpty)
    const step = learner.steps + 1
    const parts = inParts(batch, gradientAccumulation).map((some) => ({ ...packPairs(initial, some), share: some.length / batch.length }))
    const { loss } = await learner.stepInParts(parts, warmupCosine(step, steps, learningRate))
    losses.add(step, loss as number)
    await offerState(resume, step, () => ({ ...learner.snapshot(), losses: losses.saved, truncated: truncated.saved }))
  }
  const history: Array<Readonly<Record<string, number>>> = [...losses.entries]
  const model = { ...initial, parameters: learner.parameters }
  const judge = preferenceModelJudge(model, engine)
  let correct = 0
  for (const { outcome } of await judge.compare(heldOut)) correct += outcome
  if (heldOut.length > 0) {
    const eval_baseline_accuracy = accuracyOf(bagBaseline(train.map(asComparison)), "bag", heldOut.map(asComparison))
    history.push({ step: steps, eval_accuracy: correct / heldOut.length, eval_baseline_accuracy, eval_pairs: heldOut.length })
  }
  await writePreferenceModel(outputs.judge, model)
  const labels = labelSetsOf(rows, inputs.preferences.digest)
  if (labels === undefined) printUnknownLabels()
  printUncounted(rows)
  printTies(rows)
  // Left out where they are not all known: an arm that uses this judge then says so too.
  const labelCounts = labels === undefined ? {} : { labels: countSets(labels) }
  await outputs.judge.write(
    "trainer_state.json",
    json({ global_step: steps, log_history: history, ...labelCounts, ...truncated.valuesIfAny }),
  )
  truncated.print("the preference model", "pairs", context)
  return { labels }
}

const asComparison = ({ prompt, first, second }: TextPair) => ({ prompt, chosen: first, rejected: second })

/**
 * A tenth of the prompts is held out with all their pairs: pairs of one prompt may share a
 * response.
 */
const splitByPrompt = (pairs: ReadonlyArray<TextPair>, seed: number) => {
  const prompts = [...new Set(pairs.map(({ prompt }) => prompt))]
  const last = Math.ceil(prompts.length * 0.9)
  const trainPrompts = new Set([...permutation(prompts.length, seed, "held-out prompts").subarray(0, last)].map((index) => prompts[index]))
  return { train: pairs.filter(({ prompt }) => trainPrompts.has(prompt)), heldOut: pairs.filter(({ prompt }) => !trainPrompts.has(prompt)) }
}

type Options = {
  readonly size: keyof typeof sizes
  readonly vocabulary: number
  readonly context: number
  readonly seed: number
  readonly form: PreferenceForm
  readonly lora: LoraOptions | null
}

const fromScratch = (pairs: ReadonlyArray<TextPair>, { size, vocabulary, context, seed, form, lora }: Options): PreferenceModel => {
  if (lora !== null)
    throw new StageError(
      "Adapter",
      "lora trains adapters beside the weights of a base, and there is none: pass a `base`, or leave `lora` out",
    )
  const texts = pairs.flatMap(({ prompt, first, second }) => [prompt + first, prompt + second])
  const tokenizerFiles = trainTokenizer(texts, { vocabularySize: vocabulary })
  const tokenizer = loadTokenizer(tokenizerFiles.tokenizer, tokenizerFiles.config)
  const configuration = gpt2({ ...sizes[size], vocabulary: tokenizer.vocabularySize, context })
  const parameters = initialParameters(preferenceModelShapes(configuration), configuration.layers, seed)
  return { form, configuration, parameters, tokenizer, tokenizerFiles }
}

/** A base with adapters has them merged into its weights first. */
const fromPolicy = async (base: FilesInput, { seed, form, lora }: Pick<Options, "seed" | "form" | "lora">): Promise<PreferenceModel> => {
  const policy = merge(await readPolicy(base))
  const shapes = preferenceModelShapes(policy.configuration)
  const index = Object.keys(shapes).indexOf(scoreWeight)
  const score = drawMatrix(shapes[scoreWeight] as ReadonlyArray<number>, { seed, index, deviation: 0.02 })
  return { form, ...withLora({ ...policy, parameters: { ...policy.parameters, [scoreWeight]: score } }, lora, seed) }
}

/**
 * Pairwise: ½ log r(x, y_w, y_l) + ½ log(1 − r(x, y_l, y_w)), negated (Tang et al. 2024, section
 * 3). Pointwise: −log σ(r(x, y_w) − r(x, y_l)). The chosen response is the first of every pair.
 */
const likelihood =
  ({ form, configuration }: PreferenceModel, asBlock: AsBlock | undefined): Objective =>
  (parameters, batch) => {
    const logits = scoreRows(configuration, parameters, batch, asBlock)
    const [one, two] = splitSides(logits)
    const right = form === "pairwise" ? tf.concat([one, tf.neg(two)]) : tf.sub(one, two)
    return { loss: tf.mean(tf.softplus(tf.neg(right))) }
  }
