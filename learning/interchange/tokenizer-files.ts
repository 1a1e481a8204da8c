import { StageError } from "assay"
import { parseFile } from "../policy/files.ts"
import { startsText } from "../tokenizer/format.ts"
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
  return `${JSON.stringify({ ...parsed, [key]: false }, null, 2)}\n`
}

/**
 * A `tokenizer.json` that begins each text with `<|endoftext|>`, as a policy's prompts begin in
 * Assay. Throws a StageError `UnsupportedPolicy` for one that already adds something else. A file
 * without that token is left for `loadTokenizer` to refuse.
 */
export const startTexts = (tokenizer: string): string => {
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
  return `${JSON.stringify({ ...file, post_processor }, null, 2)}\n`
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
