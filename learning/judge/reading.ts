import { StageError } from "assay"
import { match } from "ts-pattern"
import { type Packed, packSequences, type Sequence } from "../policy/packing.ts"
import type { ResponsePair } from "./judge.ts"
import type { PreferenceModel } from "./preference-model.ts"

/** How a preference model reads: what it sees of a pair, in tokens. */

type Reader = Pick<PreferenceModel, "form" | "configuration" | "tokenizer">

/** Twice as many rows as pairs: the pairs in both orders, or all first responses and then all second ones, by the model's form. */
export const readPairs = (reader: Reader, pairs: ReadonlyArray<ResponsePair>): Packed => {
  const { form, configuration, tokenizer } = reader
  const encode = (text: string): Int32Array => tokenizer.encode(text)
  const encoded = pairs.map(({ prompt, first, second }) => ({ prompt: encode(prompt), first: encode(first), second: encode(second) }))
  const rows = match(form)
    .with("pairwise", () => [
      ...encoded.map(({ prompt, first, second }) => sequenceOf(reader, prompt, [first, second])),
      ...encoded.map(({ prompt, first, second }) => sequenceOf(reader, prompt, [second, first])),
    ])
    .with("pointwise", () => [
      ...encoded.map(({ prompt, first }) => sequenceOf(reader, prompt, [first])),
      ...encoded.map(({ prompt, second }) => sequenceOf(reader, prompt, [second])),
    ])
    .exhaustive()
  return pack(rows, configuration.context)
}

/**
 * A prompt and responses to it, an end-of-text before the prompt and behind each response. What is longer than the context loses tokens at
 * the ends of its longest responses if these alone are too long, and else at the beginning of its prompt: it is the responses that are judged.
 * Throws a StageError `ContextTooShort` where not even a token of each response fits.
 */
const sequenceOf = (
  { configuration: { context }, tokenizer: { endOfText } }: Reader,
  prompt: Int32Array,
  responses: ReadonlyArray<Int32Array>,
): Sequence => {
  const room = context - 1 - responses.length
  if (room < responses.length)
    throw new StageError(
      "ContextTooShort",
      `a context of ${context} tokens has no room for a token of each response; give the model a longer one`,
    )
  const kept = shortened(responses, room)
  const left = room - total(kept)
  return {
    prompt: Int32Array.from([endOfText, ...prompt.subarray(Math.max(0, prompt.length - left))]),
    response: Int32Array.from(kept.flatMap((response) => [...response, endOfText])),
  }
}

/** Responses cut at their ends to one greatest length at which all of them fit. */
const shortened = (responses: ReadonlyArray<Int32Array>, room: number): ReadonlyArray<Int32Array> => {
  const cut = (length: number) => responses.map((response) => response.subarray(0, length))
  let length = Math.max(...responses.map((response) => response.length))
  while (total(cut(length)) > room) length -= 1
  return cut(length)
}

const total = (parts: ReadonlyArray<Int32Array>): number => parts.reduce((sum, { length }) => sum + length, 0)

/** Packed sequences (see policy/packing.ts), and where in the list the last token of each is, `last` int32 [rows]. */
const pack = (sequences: ReadonlyArray<Sequence>, context: number): Packed => {
  // Packing leaves out the last token, from which nothing is predicted; here it is the one that counts.
  const extended = sequences.map(({ prompt, response }) => ({ prompt, response: Int32Array.from([...response, 0]) }))
  const { specs, values } = packSequences(extended, context + 1)
  const length = specs.places?.shape[1] as number
  const last = Int32Array.from(
    sequences,
    ({ prompt, response }, row) => values.places?.[row * length + prompt.length + response.length - 1] as number,
  )
  const only = <T>({ tokens, positions, places, owned, uses }: Readonly<Record<string, T>>) =>
    ({ tokens, positions, places, owned, uses }) as Readonly<Record<string, T>>
  return { specs: { ...only(specs), last: { shape: [sequences.length], dtype: "int32" } }, values: { ...only(values), last } }
}
