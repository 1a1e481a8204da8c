import * as tf from "@tensorflow/tfjs"
import { type FilesInput, type FilesOutput, StageError } from "assay"
import { match } from "ts-pattern"
import { compile, type EngineSetting, type NamedTensors, type Program, type TensorSpecs } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import { decodeParameters, encodeParameters, gpt2Config, json, readDescription, writeTokenizer } from "../policy/files.ts"
import { type Packed, packSequences } from "../policy/packing.ts"
import { type Parameters, parameterShapes, type Shapes } from "../policy/parameters.ts"
import { packedStates } from "../policy/sequence.ts"
import { specsOf } from "../policy/specs.ts"
import type { TokenizerFiles } from "../tokenizer/format.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { Judge, ResponsePair, Verdict } from "./judge.ts"
import { type PreferenceForm, preferenceForms } from "./preference-form.ts"
import { sigmoid, verdict } from "./verdict.ts"

/** A GPT-2 with one score at the last token. */
export interface PreferenceModel {
  readonly form: PreferenceForm
  readonly configuration: Configuration
  readonly parameters: Parameters
  readonly tokenizer: Tokenizer
  readonly tokenizerFiles: TokenizerFiles
}

/** The parameters of a policy and `score.weight` [1, width], as in Hugging Face's `GPT2ForSequenceClassification`. */
export const preferenceModelShapes = (configuration: Configuration): Shapes => ({
  ...parameterShapes(configuration),
  "score.weight": [1, configuration.width],
})

/** Pairs judged at a time. */
const portion = 64

/** Twice as many rows as pairs: the pairs in both orders, or all first responses and then all second ones, by the model's form. */
export const batchBoth = (model: PreferenceModel, pairs: ReadonlyArray<ResponsePair>): Packed =>
  match(model.form)
    .with("pairwise", () =>
      batchPairs(model, [...pairs, ...pairs.map(({ prompt, first, second }) => ({ prompt, first: second, second: first }))]),
    )
    .with("pointwise", () =>
      batchTexts(model, [...pairs.map(({ prompt, first }) => prompt + first), ...pairs.map(({ prompt, second }) => prompt + second)]),
    )
    .exhaustive()

/** Reads every pair as one sequence; one that is longer than the context loses tokens at the end of its longer response. */
export const batchPairs = (model: Reader, pairs: ReadonlyArray<ResponsePair>): Packed => {
  const { configuration, tokenizer } = model
  const end = tokenizer.endOfText
  const sequences = pairs.map(({ prompt, first, second }) => {
    const room = configuration.context - 3
    const [one, two] = trim(tokenizer.encode(prompt + first), tokenizer.encode(prompt + second), room)
    return [end, ...one, end, ...two, end]
  })
  return batch(sequences, configuration.context)
}

/** Reads every text by itself; one that is longer than the context loses its end. */
const batchTexts = ({ configuration, tokenizer }: Reader, texts: ReadonlyArray<string>): Packed => {
  const end = tokenizer.endOfText
  const sequences = texts.map((text) => [end, ...tokenizer.encode(text).subarray(0, configuration.context - 2), end])
  return batch(sequences, configuration.context)
}

type Reader = Pick<PreferenceModel, "configuration" | "tokenizer">

const nothing = new Int32Array()
const blank: ResponsePair = { prompt: "", first: "", second: "" }

/** Packed sequences (see policy/packing.ts), and where in the list the last token of each is, `last` int32 [rows]. */
const batch = (sequences: ReadonlyArray<ReadonlyArray<number>>, context: number): Packed => {
  // Packing leaves out the last token, from which nothing is predicted; here it is the one that counts.
  const extended = sequences.map((tokens) => ({ prompt: nothing, response: Int32Array.from([...tokens, 0]) }))
  const { specs, values } = packSequences(extended, context + 1)
  const length = specs.places?.shape[1] as number
  const last = Int32Array.from(sequences, (tokens, row) => values.places?.[row * length + tokens.length - 1] as number)
  const only = <T>({ tokens, positions, places, owned, uses }: Readonly<Record<string, T>>) =>
    ({ tokens, positions, places, owned, uses }) as Readonly<Record<string, T>>
  return { specs: { ...only(specs), last: { shape: [sequences.length], dtype: "int32" } }, values: { ...only(values), last } }
}

const trim = (one: Int32Array, two: Int32Array, room: number): [Int32Array, Int32Array] => {
  const half = Math.floor(room / 2)
  if (one.length + two.length <= room) return [one, two]
  if (one.length <= half) return [one, two.subarray(0, room - one.length)]
  if (two.length <= half) return [one.subarray(0, room - two.length), two]
  return [one.subarray(0, half), two.subarray(0, half)]
}

/** The score of each row, [rows]. */
export const pairLogits = (configuration: Configuration, parameters: NamedTensors, { last, ...packed }: NamedTensors): tf.Tensor1D => {
  const ends = tf.gather(packedStates(configuration, parameters, packed), last as tf.Tensor1D) as tf.Tensor2D
  return tf.reshape(tf.matMul(ends, parameters["score.weight"] as tf.Tensor2D, false, true), [-1]) as tf.Tensor1D
}

/**
 * A preference model as a judge. Of a pairwise one the verdict is the hard, symmetrised label sign(r(x, y₁, y₂) − r(x, y₂, y₁)): without
 * the symmetry an online learner would exploit the position (Tang et al. 2024, section 3).
 */
export const preferenceModelJudge = (model: PreferenceModel, engine: EngineSetting): Judge["compare"] => {
  const programs = new Map<string, Promise<Program>>()
  const programFor = (specs: TensorSpecs): Promise<Program> => {
    const name = JSON.stringify(specs)
    const program = programs.get(name) ?? compileLogits(model.configuration, specs, engine)
    programs.set(name, program)
    return program
  }
  const settle = model.form === "pairwise" ? symmetrised : (first: number, second: number) => verdict(first, second, sigmoid)
  const judge = async (pairs: ReadonlyArray<ResponsePair>): Promise<ReadonlyArray<Verdict>> => {
    // Filled up to a power of two with nothing, so that few programs serve all numbers of pairs.
    const filled = Array.from({ length: 2 ** Math.ceil(Math.log2(pairs.length)) }, (_, index) => pairs[index] ?? blank)
    const { specs, values } = batchBoth(model, filled)
    const program = await programFor(specs)
    const { logits } = await program.run({ ...values, ...model.parameters })
    return pairs.map((_, index) => settle(logits?.[index] as number, logits?.[index + filled.length] as number))
  }
  return async (pairs) => {
    const verdicts: Array<Verdict> = []
    for (let start = 0; start < pairs.length; start += portion) verdicts.push(...(await judge(pairs.slice(start, start + portion))))
    return verdicts
  }
}

export const proxyJudge = (model: PreferenceModel, key: string, engine: EngineSetting): Judge => ({
  source: "proxy",
  key,
  compare: preferenceModelJudge(model, engine),
})

/** From the logits of both orders. */
const symmetrised = (given: number, exchanged: number): Verdict => {
  const probability = (sigmoid(given) + 1 - sigmoid(exchanged)) / 2
  return { outcome: given > exchanged ? 1 : given < exchanged ? 0 : 0.5, probability, scores: null }
}

const compileLogits = (configuration: Configuration, specs: TensorSpecs, engine: EngineSetting): Promise<Program> =>
  compile(
    (inputs) => ({ logits: pairLogits(configuration, inputs, inputs) }),
    { ...specs, ...specsOf(preferenceModelShapes(configuration)) },
    engine,
  )

const weights = "model.safetensors"
const configFile = "config.json"

/** What `config.json` says beside what a GPT-2 is. */
interface Config {
  readonly preference_form?: PreferenceForm
}

export const readPreferenceModel = async (input: FilesInput): Promise<PreferenceModel> => {
  const described = await readDescription(input)
  const { preference_form: form = "pairwise" } = JSON.parse(new TextDecoder().decode(await input.read(configFile))) as Config
  if (!preferenceForms.includes(form))
    throw new StageError(
      "JudgeFiles",
      `${configFile}: there is no preference_form ${JSON.stringify(form)}; there is ${preferenceForms.join(", ")}`,
    )
  return { form, ...described, parameters: decodeParameters(await input.read(weights), preferenceModelShapes(described.configuration)) }
}

export const writePreferenceModel = async (
  output: FilesOutput,
  { form, configuration, parameters, tokenizer, tokenizerFiles }: PreferenceModel,
): Promise<void> => {
  await output.write(weights, encodeParameters(parameters, preferenceModelShapes(configuration)))
  const config = {
    architectures: ["GPT2ForSequenceClassification"],
    num_labels: 1,
    preference_form: form,
    ...gpt2Config(configuration, tokenizer.endOfText),
    // `transformers` scores the last token that is not padding, and the one to score is an end-of-text.
    pad_token_id: null,
  }
  await output.write(configFile, json(config))
  await writeTokenizer(output, tokenizerFiles)
}
