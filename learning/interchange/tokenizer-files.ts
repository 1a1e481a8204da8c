import { StageError } from "assay"
import { json, parseFile } from "../policy/files.ts"
import { promptsKey } from "../tokenizer/chat-template.ts"
import { startsText } from "../tokenizer/format.ts"
import { specialToken } from "../tokenizer/tokenizer.ts"
import { endOfText } from "../tokenizer/words.ts"

/**
 * What is changed in a foreign tokenizer's files, so that `transformers` encodes and decodes as
 * Assay does. Files that Assay wrote stay as they are.
 */

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * A `tokenizer_config.json` whose tokenizer leaves spaces alone: old ones take some away where they
 * decode, unless told not to.
 */
export const keepSpaces = (config: string): string => {
  const parsed: unknown = parseFile("tokenizer_config.json", () => JSON.parse(config))
  const key = "clean_up_tokenization_spaces"
  if (!isObject(parsed) || parsed[key] === false) return config
  return json({ ...parsed, [key]: false })
}

export const chatTemplateFile = "chat_template.jinja"

/** A `tokenizer_config.json` that holds this chat template. */
export const withChatTemplate = (config: string, chat_template: string): string => {
  const parsed: unknown = parseFile("tokenizer_config.json", () => JSON.parse(config))
  return isObject(parsed) ? json({ ...parsed, chat_template }) : config
}

/** A `tokenizer_config.json` that says how the policy reads prompts; null is as it says. */
export const readPromptsAs = (prompts: "text" | "chat" | null, config: string): string => {
  const parsed: unknown = parseFile("tokenizer_config.json", () => JSON.parse(config))
  if (!isObject(parsed) || prompts === null || (parsed[promptsKey] ?? "text") === prompts) return config
  const { [promptsKey]: _, ...rest } = parsed
  return json(prompts === "text" ? rest : { ...rest, [promptsKey]: prompts })
}

/**
 * A `tokenizer.json` that begins each text with `<|endoftext|>`, where `tokenizer_config.json`
 * says, as those of GPT-2 and Pythia do, that a text begins and ends with that token: they were
 * trained on texts with one between each two, and a policy needs a token before the first. Another
 * tokenizer begins texts by its own rule. Throws a StageError `UnsupportedPolicy` for one that
 * already adds something else. A file without that token is left for `loadTokenizer` to refuse.
 */
export const startTexts = (tokenizer: string, config: string): string => {
  if (!beginsWithEndOfText(config)) return tokenizer
  const file: unknown = parseFile("tokenizer.json", () => JSON.parse(tokenizer))
  if (!isObject(file)) return tokenizer
  const id = idOf(file)
  if (id === undefined) return tokenizer
  const steps = stepsOf(file.post_processor)
  const kept = steps.filter(({ type }) => type === "ByteLevel")
  const added = steps.filter(({ type }) => type !== "ByteLevel")
  if (added.some((step) => !isStart(step, id))) {
    const problem = `tokenizer.json: post_processor ${JSON.stringify(added[0]?.type)} adds other tokens than ${endOfText} before the text, with which no policy of Assay is trained`
    throw new StageError("UnsupportedPolicy", problem, { file: "tokenizer.json", key: "post_processor" })
  }
  if (added.length > 0) return tokenizer
  const start = startsText(id)
  const post_processor = kept.length === 0 ? start : { type: "Sequence", processors: [...kept, start] }
  return json({ ...file, post_processor })
}

/** By default, as of the class of GPT-2's tokenizer, both tokens are `<|endoftext|>`. */
const beginsWithEndOfText = (config: string): boolean => {
  const parsed: unknown = parseFile("tokenizer_config.json", () => JSON.parse(config))
  if (!isObject(parsed)) return true
  const token = (key: "bos_token" | "eos_token") => (key in parsed ? specialToken(parsed, key) : endOfText)
  return token("bos_token") === endOfText && token("eos_token") === endOfText
}

const idOf = ({ added_tokens }: Json): number | undefined => {
  const token = Array.isArray(added_tokens) ? added_tokens.find((added) => isObject(added) && added.content === endOfText) : undefined
  return isObject(token) && typeof token.id === "number" ? token.id : undefined
}

const stepsOf = (processor: unknown): ReadonlyArray<Json> => {
  if (!isObject(processor)) return []
  return processor.type === "Sequence" && Array.isArray(processor.processors) ? processor.processors.flatMap(stepsOf) : [processor]
}

/** Of one text; how a pair of texts would be joined does not matter to a policy. */
const isStart = (step: Json, id: number): boolean => {
  const { type, single, special_tokens } = startsText(id)
  return (
    step.type === type &&
    JSON.stringify(step.single) === JSON.stringify(single) &&
    JSON.stringify(step.special_tokens) === JSON.stringify(special_tokens)
  )
}
