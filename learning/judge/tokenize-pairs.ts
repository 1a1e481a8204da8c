import { StageError } from "assay"
import { match } from "ts-pattern"
import { type Packed, packSequences, type Sequence } from "../policy/packing.ts"
import { type Cut, type Truncated, truncate, truncateJoined } from "../policy/truncate.ts"
import type { TextPair } from "./judge.ts"
import type { PreferenceModel } from "./preference-model.ts"

/** How a preference model reads: what it sees of a pair, in tokens. */

type Reader = Pick<PreferenceModel, "form" | "configuration" | "tokenizer">

/** What was cut of a pair as it was read. `isEmpty`: nothing is left that tells its responses apart. */
export interface PairCut {
  readonly cut: Cut
  readonly isEmpty: boolean
}

/**
 * Twice as many rows as pairs: the pairs in both orders, or all first responses and then all second ones, by the model's form. A row is an end-of-text, the
 * prompt, and one or both responses with an end-of-text behind each. What is longer than the context is truncated as everywhere (see policy/truncate.ts),
 * a pair alike in both rows. `cuts` are [pairs]. Throws a StageError `ContextTooShort` where not even a token of each response fits.
 */
export const tokenizePairs = (reader: Reader, pairs: ReadonlyArray<TextPair>): Packed & { readonly cuts: ReadonlyArray<PairCut> } => {
  const { form, configuration, tokenizer } = reader
  const read = pairs.map((pair) => truncatePair(reader, pair))
  const sequence = ({ prompt }: Truncated, ...responses: ReadonlyArray<Int32Array>): Sequence => ({
    prompt,
    response: Int32Array.from(responses.flatMap((response) => [...response, tokenizer.endOfText])),
  })
  const [one, other] = match(form)
    .returnType<readonly [ReadonlyArray<Sequence>, ReadonlyArray<Sequence>]>()
    .with("pairwise", () => [
      read.map((pair) => sequence(pair, pair.first, pair.second)),
      read.map((pair) => sequence(pair, pair.second, pair.first)),
    ])
    .with("pointwise", () => [read.map((pair) => sequence(pair, pair.first)), read.map((pair) => sequence(pair, pair.second))])
    .exhaustive()
  const cuts = read.map(({ first, second, cut }) => ({ cut, isEmpty: cut.responses > 0 && first.join() === second.join() }))
  return { ...packWithLast([...one, ...other], configuration.context), cuts }
}

/** A pair in tokens, as much of it as the model can read. */
const truncatePair = ({ form, configuration: { context }, tokenizer }: Reader, pair: TextPair) => {
  const prompt = Int32Array.from([tokenizer.endOfText, ...tokenizer.encode(pair.prompt)])
  const responses = [tokenizer.encode(pair.first), tokenizer.encode(pair.second)]
  const [cutTo, inOneRow] = form === "pairwise" ? [truncateJoined, 2] : [truncate, 1]
  // An end-of-text stands behind each response.
  const room = context - inOneRow
  if (room - 1 < inOneRow)
    throw new StageError(
      "ContextTooShort",
      `a context of ${context} tokens has no room for a token of each response; give the model a longer one`,
    )
  const kept = cutTo(prompt, responses, room)
  const [first, second] = kept.responses as readonly [Int32Array, Int32Array]
  return { ...kept, first, second }
}

/** Packed sequences (see policy/packing.ts), and where in the list the last token of each is, `last` int32 [rows]. */
const packWithLast = (sequences: ReadonlyArray<Sequence>, context: number): Packed => {
  // Packing leaves out the last token, from which nothing is predicted; here it is the one that counts.
  const extended = sequences.map(({ prompt, response }) => ({ prompt, response: Int32Array.from([...response, 0]) }))
  const { specs, values } = packSequences(extended, context + 1)
  const length = specs.tokenAt?.shape[1] as number
  const last = Int32Array.from(
    sequences,
    ({ prompt, response }, row) => values.tokenAt?.[row * length + prompt.length + response.length - 1] as number,
  )
  const only = <T>({ tokens, positions, tokenAt, ownerAt, positionsOf }: Readonly<Record<string, T>>) =>
    ({ tokens, positions, tokenAt, ownerAt, positionsOf }) as Readonly<Record<string, T>>
  return { specs: { ...only(specs), last: { shape: [sequences.length], dtype: "int32" } }, values: { ...only(values), last } }
}
