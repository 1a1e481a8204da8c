/** Tokens as the texts that they stand for. */

import { createHash } from "node:crypto"
import { Tokenizer } from "@huggingface/tokenizers"
import { Effect } from "effect"
import { type RunRecord, tokenizerBehind } from "../../runtime/index.ts"

/** Of tables of runs, the tokenizers that were found, by what they are made from. */
const made = new Map<string, Tokenizer>()
const found = new Map<string, Tokenizer>()

/** Tokenizers that are kept, tens of megabytes each, and tables whose tokenizer is known. */
const mostMade = 4
const mostFound = 256

/** The tokenizer that the tokens of a table are of; null where none is in the store. */
export const tokenizerOf = Effect.fnUntraced(function* (run: RunRecord, digest: string) {
  const place = `${run.run} ${digest}`
  const known = found.get(place)
  if (known !== undefined) return known
  const contents = yield* tokenizerBehind(run, digest)
  if (contents === null) return null
  const identity = createHash("sha256").update(contents.tokenizer).update("\0").update(contents.config).digest("hex")
  const tokenizer =
    made.get(identity) ??
    (yield* Effect.try(() => new Tokenizer(JSON.parse(contents.tokenizer), JSON.parse(contents.config))).pipe(
      Effect.catch(() => Effect.succeed(null)),
    ))
  if (tokenizer === null) return null
  keep(made, mostMade, identity, tokenizer)
  // One that is no longer kept is not held by its tables either.
  for (const [table, one] of found) if (![...made.values()].includes(one)) found.delete(table)
  keep(found, mostFound, place, tokenizer)
  return tokenizer
})

/** Puts an entry last, and drops the first where there are too many. */
const keep = (entries: Map<string, Tokenizer>, most: number, key: string, tokenizer: Tokenizer): void => {
  entries.delete(key)
  entries.set(key, tokenizer)
  for (const oldest of [...entries.keys()].slice(0, Math.max(0, entries.size - most))) entries.delete(oldest)
}

/**
 * The text of each token, which together are the response: where one character is spread over
 * several tokens, the last of them has it.
 */
export const textsOfTokens = (tokenizer: Pick<Tokenizer, "decode">, ids: ReadonlyArray<number>): ReadonlyArray<string> => {
  const decode = (from: number, to: number): string =>
    from === to ? "" : tokenizer.decode(ids.slice(from, to), { skip_special_tokens: false, clean_up_tokenization_spaces: false })
  // Decoded with the token before it: the first of a text may lose a space.
  let [before, begin] = [0, 0]
  return ids.map((_, index) => {
    const text = decode(before, index + 1)
    const isWhole = !text.endsWith("\ufffd") || index === ids.length - 1
    if (!isWhole) return ""
    const own = text.slice(decode(before, begin).length)
    before = begin
    begin = index + 1
    return own
  })
}
