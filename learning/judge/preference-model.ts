import * as tf from "@tensorflow/tfjs"
import { type FilesInput, type FilesOutput, type NewContent, StageError } from "assay"
import { compile, type EngineSetting, type NamedTensors, type Program, ProgramCache, type TensorSpecs } from "../../engine/index.ts"
import { type AdapterTask, adapterConfigFile, readAdapter, readAdapterWeights, writeAdapter } from "../policy/adapter/adapter-files.ts"
import { adapt, type Trainable } from "../policy/adapter/lora.ts"
import { bodyShapes } from "../policy/body.ts"
import type { AsBlock, Configuration, Shapes } from "../policy/configuration.ts"
import { configOf, encodeParameters, json, readDescription, readParameters, writeTokenizer } from "../policy/files.ts"
import { sidesOf } from "../policy/pair-batch.ts"
import type { WeightsByName } from "../policy/parameters.ts"
import { computePackedStates } from "../policy/sequence.ts"
import { specsOf } from "../policy/specs.ts"
import { TruncationCount } from "../policy/truncation-count.ts"
import type { TokenizerFiles } from "../tokenizer/format.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { Judge, TextPair, Verdict } from "./judge.ts"
import { type PreferenceForm, preferenceForms } from "./preference-form.ts"
import { packPairs, tokenizePair } from "./tokenize-pairs.ts"
import { sigmoid, toVerdict } from "./verdict.ts"

/** A language model with one score at the last token. */
export interface PreferenceModel {
  readonly form: PreferenceForm
  readonly configuration: Configuration
  readonly parameters: WeightsByName
  readonly tokenizer: Tokenizer
  readonly tokenizerFiles: TokenizerFiles
}

export const scoreWeight = "score.weight"

/**
 * The parameters of a model and `score.weight` [1, width], as in the classes for sequence
 * classification of `transformers`, which have no output layer.
 */
export const preferenceModelShapes = (configuration: Configuration): Shapes => ({
  ...bodyShapes(configuration),
  ...scoreShapes(configuration),
})

/** Of a model with adapters those and the score are trained, of another all parameters. */
export const trainablePreferenceModel = (configuration: Configuration): Trainable => {
  const { adapter, base } = configuration
  if (adapter === undefined || base === undefined) return { trained: preferenceModelShapes(configuration), frozen: {} }
  return { trained: { ...adapter.shapes, ...scoreShapes(base) }, frozen: bodyShapes(base) }
}

const scoreShapes = ({ width }: Configuration): Shapes => ({ [scoreWeight]: [1, width] })

/** How PEFT keeps a score beside adapters. */
const adapterTask = (configuration: Configuration): AdapterTask => ({ type: "SEQ_CLS", saved: scoreShapes(configuration) })

/** Pairs judged at a time. */
const pairsPerBatch = 64

const blank: TextPair = { prompt: "", first: "", second: "" }

/** The score of each row, [rows], at its token `last` (see pack-with-last.ts). */
export const scoreRows = (
  configuration: Configuration,
  parameters: NamedTensors,
  { last, ...packed }: NamedTensors,
  asBlock?: AsBlock,
): tf.Tensor1D => {
  const states = computePackedStates(configuration, parameters, packed, asBlock)
  const ends = tf.gather(states, last as tf.Tensor1D) as tf.Tensor2D
  return tf.reshape(tf.matMul(ends, parameters[scoreWeight] as tf.Tensor2D, false, true), [-1]) as tf.Tensor1D
}

/**
 * A preference model as a judge. Of a pairwise one the verdict is the hard, symmetrised label
 * sign(r(x, y₁, y₂) − r(x, y₂, y₁)): without the symmetry an online learner would exploit the
 * position (Tang et al. 2024, section 3).
 */
export const preferenceModelJudge = (model: PreferenceModel, engine: EngineSetting): Required<Pick<Judge, "compare" | "context">> => {
  const truncated = new TruncationCount()
  const programs = new ProgramCache((specs: TensorSpecs) => compileScores(model.configuration, specs, engine))
  const settle = model.form === "pairwise" ? symmetrise : (first: number, second: number) => toVerdict(first, second, sigmoid)
  const judge = async (pairs: ReadonlyArray<TextPair>): Promise<ReadonlyArray<Verdict>> => {
    // Filled up to a power of two with nothing, so that few programs serve all numbers of pairs.
    const filled = Array.from({ length: 2 ** Math.ceil(Math.log2(pairs.length)) }, (_, index) => pairs[index] ?? blank)
    const read = filled.map((pair) => tokenizePair(model, pair))
    for (const { cut, isEmpty } of read.slice(0, pairs.length)) truncated.add(cut, isEmpty)
    const { specs, values } = packPairs(model, read)
    const program = await programs.get(specs)
    const { logits } = await program.run({ ...values, ...model.parameters })
    return pairs.map((_, index) => settle(...sidesOf(logits as Float32Array, index)))
  }
  const compare = async (pairs: ReadonlyArray<TextPair>): Promise<ReadonlyArray<Verdict>> => {
    const verdicts: Array<Verdict> = []
    for (let start = 0; start < pairs.length; start += pairsPerBatch)
      verdicts.push(...(await judge(pairs.slice(start, start + pairsPerBatch))))
    return verdicts
  }
  return { compare, context: { tokens: model.configuration.context, truncated } }
}

/** From the logits of both orders. */
const symmetrise = (given: number, exchanged: number): Verdict => {
  const probability = (sigmoid(given) + 1 - sigmoid(exchanged)) / 2
  return { outcome: given > exchanged ? 1 : given < exchanged ? 0 : 0.5, probability, scores: null }
}

/** Packed rows and the parameters → `logits` [rows]. */
export const compileScores = (configuration: Configuration, specs: TensorSpecs, engine: EngineSetting): Promise<Program> =>
  compile(
    (inputs) => ({ logits: scoreRows(configuration, inputs, inputs) }),
    { ...specs, ...specsOf(preferenceModelShapes(configuration)) },
    engine,
  )

const weights = "model.safetensors"
const configFile = "config.json"
/** Apart from the base, or `transformers` would look for another base. */
const adapterFolder = "adapter"

/** What `config.json` says beside what the language model is. */
interface Config {
  readonly preference_form?: unknown
}

const readConfig = async (input: FilesInput): Promise<Config> =>
  JSON.parse(new TextDecoder().decode(await input.read(configFile))) as Config

/** Whether a folder's `config.json` says how the model reads responses: Assay has trained it. */
export const hasForm = async (input: FilesInput): Promise<boolean> => (await readConfig(input)).preference_form !== undefined

export const readPreferenceModel = async (input: FilesInput): Promise<PreferenceModel> => {
  // A base of an architecture of a user's own came with it.
  const described = await readDescription({
    names: input.names,
    read: (name) => input.read(name),
    plugin: () => input.plugin("base"),
  })
  const { preference_form } = await readConfig(input)
  const form = readForm(preference_form ?? "pairwise")
  const { configuration } = described
  if (!input.names.includes(`${adapterFolder}/${adapterConfigFile}`))
    return { form, ...described, parameters: await readParameters(input, weights, preferenceModelShapes(configuration)) }
  const task = adapterTask(configuration)
  const folder = input.within(adapterFolder)
  const adapter = await readAdapter(folder, configuration, task)
  const base = await readParameters(input, weights, bodyShapes(configuration))
  const parameters = { ...base, ...(await readAdapterWeights(folder, adapter, task)) }
  return { form, ...described, configuration: adapt(configuration, adapter), parameters }
}

/** The `preference_form` of a `config.json`. Throws a StageError `JudgeFiles` for another. */
export const readForm = (value: unknown): PreferenceForm => {
  const form = preferenceForms.find((known) => known === value)
  if (form !== undefined) return form
  throw new StageError(
    "JudgeFiles",
    `${configFile}: preference_form is ${JSON.stringify(value)}; expected one of ${preferenceForms.join(", ")}`,
  )
}

/**
 * Writes a preference model as `transformers` reads it or, with adapters, its base without a score
 * and, in a folder of their own, the adapters and the score as PEFT reads them.
 */
export const writePreferenceModel = async (
  output: FilesOutput,
  { form, configuration, parameters, tokenizer, tokenizerFiles }: PreferenceModel,
): Promise<void> => {
  const { adapter, base } = configuration
  const isAdapted = adapter !== undefined && base !== undefined
  await output.write(weights, encodeParameters(parameters, isAdapted ? bodyShapes(base) : preferenceModelShapes(configuration)))
  const config = {
    architectures: [configuration.classes.classifier],
    num_labels: 1,
    preference_form: form,
    ...configOf(configuration, tokenizer),
    // `transformers` scores the last token that is not padding, and the one to score is an
    // end-of-text.
    pad_token_id: null,
  }
  await output.write(configFile, json(config))
  await writeTokenizer(output, tokenizerFiles)
  const folder = { write: (name: string, content: NewContent) => output.write(`${adapterFolder}/${name}`, content) }
  await writeAdapter(folder, configuration, parameters, adapterTask(configuration))
}
