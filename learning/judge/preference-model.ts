import * as tf from "@tensorflow/tfjs"
import type { FilesInput, FilesOutput } from "assay"
import { compile, type EngineSetting, type NamedTensors, type Program } from "../../engine/index.ts"
import type { Configuration } from "../policy/configuration.ts"
import { decodeParameters, encodeParameters, gpt2Config, json, readDescription, writeTokenizer } from "../policy/files.ts"
import { hidden } from "../policy/forward.ts"
import { type Parameters, parameterShapes, type Shapes } from "../policy/parameters.ts"
import { specsOf } from "../policy/specs.ts"
import type { TokenizerFiles } from "../tokenizer/format.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import type { Judge, ResponsePair, Verdict } from "./judge.ts"

/**
 * A pairwise preference model r(x, y₁, y₂): the probability that y₁ is better than y₂, from a GPT-2 that reads both in context,
 * `<|endoftext|> x y₁ <|endoftext|> x y₂ <|endoftext|>`, with one score at the last token.
 */
export interface PreferenceModel {
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

/** Rows of tokens int32 [rows, length] and, for each row, the place of its last token in the flattened batch, int32 [rows]. */
export interface PairBatch {
  readonly length: number
  readonly tokens: Int32Array
  readonly last: Int32Array
}

const bucket = 16

/** Pairs judged at a time. */
const portion = 64

/** Reads every pair as one sequence; one that is longer than the context loses tokens at the end of its longer response. */
export const batchPairs = ({ configuration, tokenizer }: PreferenceModel, pairs: ReadonlyArray<ResponsePair>): PairBatch => {
  const end = tokenizer.endOfText
  const sequences = pairs.map(({ prompt, first, second }) => {
    const room = configuration.context - 3
    const [one, two] = trim(tokenizer.encode(prompt + first), tokenizer.encode(prompt + second), room)
    return [end, ...one, end, ...two, end]
  })
  const longest = Math.max(...sequences.map((sequence) => sequence.length))
  const length = Math.min(configuration.context, Math.ceil(longest / bucket) * bucket)
  const tokens = new Int32Array(pairs.length * length)
  for (const [row, sequence] of sequences.entries()) tokens.set(sequence, row * length)
  return { length, tokens, last: Int32Array.from(sequences, (sequence, row) => row * length + sequence.length - 1) }
}

const trim = (one: Int32Array, two: Int32Array, room: number): [Int32Array, Int32Array] => {
  const half = Math.floor(room / 2)
  if (one.length + two.length <= room) return [one, two]
  if (one.length <= half) return [one, two.subarray(0, room - one.length)]
  if (two.length <= half) return [one.subarray(0, room - two.length), two]
  return [one.subarray(0, half), two.subarray(0, half)]
}

export const pairSpecs = (rows: number, length: number) =>
  ({ tokens: { shape: [rows, length], dtype: "int32" }, last: { shape: [rows], dtype: "int32" } }) as const

/** The logit of r, [rows]. */
export const pairLogits = (configuration: Configuration, parameters: NamedTensors, { tokens, last }: NamedTensors): tf.Tensor1D => {
  const states = hidden(configuration, parameters, tokens as tf.Tensor2D)
  const ends = tf.gather(states, last as tf.Tensor1D) as tf.Tensor2D
  return tf.reshape(tf.matMul(ends, parameters["score.weight"] as tf.Tensor2D, false, true), [-1]) as tf.Tensor1D
}

/**
 * A preference model as a judge. Its verdict is the hard, symmetrised label sign(r(x, y₁, y₂) − r(x, y₂, y₁)): without
 * the symmetry an online learner would exploit the position (Tang et al. 2024, section 3).
 */
export const proxyJudge = (model: PreferenceModel, key: string, engine: EngineSetting): Judge => {
  const programs = new Map<string, Promise<Program>>()
  const programFor = (rows: number, length: number): Promise<Program> => {
    const name = `${rows} ${length}`
    const program = programs.get(name) ?? compileLogits(model.configuration, rows, length, engine)
    programs.set(name, program)
    return program
  }
  const judge = async (pairs: ReadonlyArray<ResponsePair>): Promise<ReadonlyArray<Verdict>> => {
    // Filled up to a power of two with the first pair, so that few programs serve all numbers of pairs.
    const filled = Array.from({ length: 2 ** Math.ceil(Math.log2(pairs.length)) }, (_, index) => pairs[index] ?? (pairs[0] as ResponsePair))
    const swapped = filled.map(({ prompt, first, second }) => ({ prompt, first: second, second: first }))
    const { length, tokens, last } = batchPairs(model, [...filled, ...swapped])
    const program = await programFor(2 * filled.length, length)
    const { logits } = await program.run({ tokens, last, ...model.parameters })
    return pairs.map((_, index) => symmetrised(logits?.[index] as number, logits?.[index + filled.length] as number))
  }
  const compare = async (pairs: ReadonlyArray<ResponsePair>): Promise<ReadonlyArray<Verdict>> => {
    const verdicts: Array<Verdict> = []
    for (let start = 0; start < pairs.length; start += portion) verdicts.push(...(await judge(pairs.slice(start, start + portion))))
    return verdicts
  }
  return { source: "proxy", key, compare }
}

/** From the logits of both orders. */
const symmetrised = (given: number, exchanged: number): Verdict => {
  const probability = (sigmoid(given) + 1 - sigmoid(exchanged)) / 2
  return { outcome: given > exchanged ? 1 : given < exchanged ? 0 : 0.5, probability, scores: null }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const compileLogits = (configuration: Configuration, rows: number, length: number, engine: EngineSetting): Promise<Program> =>
  compile(
    ({ tokens, last, ...parameters }) => ({ logits: pairLogits(configuration, parameters, { tokens, last } as NamedTensors) }),
    { ...pairSpecs(rows, length), ...specsOf(preferenceModelShapes(configuration)) },
    engine,
  )

const weights = "model.safetensors"

export const readPreferenceModel = async (input: FilesInput): Promise<PreferenceModel> => {
  const described = await readDescription(input)
  return { ...described, parameters: decodeParameters(await input.read(weights), preferenceModelShapes(described.configuration)) }
}

export const writePreferenceModel = async (
  output: FilesOutput,
  { configuration, parameters, tokenizer, tokenizerFiles }: PreferenceModel,
): Promise<void> => {
  await output.write(weights, encodeParameters(parameters, preferenceModelShapes(configuration)))
  const config = {
    architectures: ["GPT2ForSequenceClassification"],
    num_labels: 1,
    ...gpt2Config(configuration, tokenizer.endOfText),
    // `transformers` scores the last token that is not padding, and the one to score is an end-of-text.
    pad_token_id: null,
  }
  await output.write("config.json", json(config))
  await writeTokenizer(output, tokenizerFiles)
}
