import { type FilesInput, type FilesOutput, StageError } from "assay"
import { type EngineSetting, ProgramCache, type TensorSpecs } from "../../engine/index.ts"
import type { Policy } from "../policy/files.ts"
import { encodeParameters, json, parseFile, readDescription, readParameters, writeTokenizer } from "../policy/files.ts"
import type { Sequence } from "../policy/packing.ts"
import { promptTokens, startTokens } from "../policy/text.ts"
import { type Cut, truncate } from "../policy/truncate.ts"
import { TruncationCount } from "../policy/truncation-count.ts"
import { packWithLast } from "./pack-with-last.ts"
import { compileScores, preferenceModelShapes } from "./preference-model.ts"
import type { Pointwise, TextResponse } from "./scorer.ts"
import { sigmoid } from "./verdict.ts"

/**
 * A reward model that was trained elsewhere: a language model's body and one score, as the classes
 * for sequence classification of `transformers` have it.
 */
export interface RewardModel extends Policy {
  /** The `pad_token_id` of its `config.json`; null where it has none. */
  readonly padding: number | null
  /** Whether an end-of-text is put behind every text. */
  readonly appendsEndOfText: boolean
}

const weights = "model.safetensors"
const configFile = "config.json"

/** Responses scored at a time. */
const rowsPerBatch = 64

/** A response as the model reads it: its tokens up to the one that is scored. */
export interface ReadResponse {
  readonly sequence: Sequence
  readonly cut: Cut
}

/**
 * The tokens of `prompt + response`, encoded as one text, with what the tokenizer puts in front; or
 * of the conversation that the chat template makes of them, which writes that by itself. The last
 * that is not padding is scored, as in `transformers`, and is the last of these. What does not fit
 * the context is truncated as everywhere (see policy/truncate.ts).
 */
export const readResponse = (
  model: Omit<RewardModel, "parameters" | "tokenizerFiles">,
  { prompt, response }: TextResponse,
): ReadResponse => {
  const { tokenizer, padding, appendsEndOfText } = model
  const { chat, start, endOfText } = tokenizer
  const text = chat === undefined ? tokenizer.encode(prompt + response) : tokenizer.encode(chat.conversation(prompt, response))
  const whole = Int32Array.from([...(chat === undefined ? start : []), ...text])
  // A tokenizer may join the end of the prompt and the beginning of the response.
  const shared = commonLength(promptTokens(tokenizer, prompt), whole)
  const room = model.configuration.context - (appendsEndOfText ? 1 : 0)
  const kept = truncate(whole.subarray(0, shared), [whole.subarray(shared)], room)
  const end = appendsEndOfText ? [endOfText] : []
  const tokens = Int32Array.from([...kept.prompt, ...(kept.responses[0] as Int32Array), ...end])
  const read = tokens.length === 0 ? startTokens(tokenizer) : tokens
  // Of padding alone, `transformers` scores the first.
  const length = Math.max(0, padding === null ? read.length - 1 : read.findLastIndex((token) => token !== padding)) + 1
  const promptLength = Math.min(kept.prompt.length, length)
  return { sequence: { prompt: read.slice(0, promptLength), response: read.slice(promptLength, length) }, cut: kept.cut }
}

const commonLength = (one: Int32Array, other: Int32Array): number => {
  const differing = one.findIndex((token, index) => token !== other[index])
  return differing === -1 ? Math.min(one.length, other.length) : differing
}

/** A reward model as a judge: of two responses the one with the higher score is better. */
export const rewardModelJudge = (
  model: RewardModel,
  engine: EngineSetting,
): Required<Pick<Pointwise, "score" | "probability" | "context">> => {
  const { configuration, parameters } = model
  const truncated = new TruncationCount()
  const programs = new ProgramCache((specs: TensorSpecs) => compileScores(configuration, specs, engine))
  const scoreBatch = async (responses: ReadonlyArray<TextResponse>): Promise<ReadonlyArray<number>> => {
    const read = responses.map((response) => readResponse(model, response))
    for (const { cut } of read) truncated.add(cut)
    // Filled up to a power of two, so that few programs serve all numbers of responses.
    const rows = Array.from({ length: 2 ** Math.ceil(Math.log2(read.length)) }, (_, index) => (read[index] ?? read[0]) as ReadResponse)
    const { specs, values } = packWithLast(
      rows.map(({ sequence }) => sequence),
      configuration.context,
    )
    const { logits } = await (await programs.get(specs)).run({ ...values, ...parameters })
    return Array.from(logits?.subarray(0, read.length) as Float32Array)
  }
  const score = async (responses: ReadonlyArray<TextResponse>): Promise<ReadonlyArray<number>> => {
    const scores: Array<number> = []
    for (let start = 0; start < responses.length; start += rowsPerBatch)
      scores.push(...(await scoreBatch(responses.slice(start, start + rowsPerBatch))))
    return scores
  }
  return { score, probability: sigmoid, context: { tokens: configuration.context, truncated } }
}

/** Reads a reward model's files as `writeRewardModel` wrote them. */
export const readRewardModel = async (input: FilesInput, appendsEndOfText: boolean): Promise<RewardModel> => {
  const described = await readDescription(input)
  const shapes = preferenceModelShapes(described.configuration)
  const parameters = await readParameters(input, weights, shapes)
  const config = await input.read(configFile)
  const { pad_token_id } = parseFile(configFile, () => JSON.parse(new TextDecoder().decode(config)) as Readonly<Record<string, unknown>>)
  return { ...described, parameters, padding: paddingOf(pad_token_id), appendsEndOfText }
}

/** Of a `config.json`. Throws a StageError `JudgeFiles` for what is neither a token nor null. */
export const paddingOf = (pad_token_id: unknown): number | null => {
  if (pad_token_id === undefined || pad_token_id === null) return null
  if (typeof pad_token_id === "number" && Number.isInteger(pad_token_id)) return pad_token_id
  throw new StageError("JudgeFiles", `${configFile}: pad_token_id is ${JSON.stringify(pad_token_id)}; expected a token id or null`)
}

/** Writes a reward model as `transformers` reads it, with equal scores. */
export const writeRewardModel = async (output: FilesOutput, model: Omit<RewardModel, "appendsEndOfText">): Promise<void> => {
  const { configuration, parameters, padding, tokenizer, tokenizerFiles } = model
  await output.write(weights, encodeParameters(parameters, preferenceModelShapes(configuration)))
  const config = {
    architectures: [configuration.classes.classifier],
    ...configuration.config,
    // `transformers` counts the labels by their names.
    id2label: { 0: "LABEL_0" },
    label2id: { LABEL_0: 0 },
    bos_token_id: tokenizer.start[0] ?? null,
    eos_token_id: tokenizer.endOfText,
    pad_token_id: padding,
    torch_dtype: "float32",
  }
  await output.write(configFile, json(config))
  await writeTokenizer(output, tokenizerFiles)
}
