import { Tokenizer } from "@huggingface/tokenizers"
import fc from "fast-check"
import { expect, test } from "vitest"
import { trainTokenizer } from "../../../learning/tokenizer/train.ts"
import { textsOfTokens } from "../../../serve/generations/token-texts.ts"

const files = trainTokenizer(["the cat sat on the mat", "naïve café , thé", "one 😀 two 😀"], { vocabularySize: 300 })
const tokenizer = new Tokenizer(JSON.parse(files.tokenizer), JSON.parse(files.config))
const encode = (text: string): ReadonlyArray<number> => tokenizer.encode(text, { add_special_tokens: false }).ids
const whole = (ids: ReadonlyArray<number>): string =>
  ids.length === 0 ? "" : tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false })

test("the texts of tokens together are the response, whatever it holds", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      const ids = encode(text)
      const texts = textsOfTokens(tokenizer, ids)
      expect(texts.length).toBe(ids.length)
      expect(texts.join("")).toBe(whole(ids))
    }),
    { seed: 1 },
  )
})

test("a character that is spread over tokens is told by the last of them, and no token before it tells a part", () => {
  const ids = encode("漢")
  expect(ids.length).toBe(3)
  expect(textsOfTokens(tokenizer, ids)).toEqual(["", "", "漢"])
  expect(textsOfTokens(tokenizer, encode("the cat"))).toEqual(["the", " cat"])
})

test("a response that was cut in the midst of a character, and bytes that are none, are told as they are decoded", () => {
  const cut = [...encode("the "), ...encode("漢").slice(0, 2)]
  expect(textsOfTokens(tokenizer, cut).join("")).toBe(whole(cut))
  expect(whole(cut)).toContain("\ufffd")
  const bytes = encode("漢字")
  const shuffled = [bytes[4], bytes[1], bytes[0], bytes[2], ...encode("the")] as Array<number>
  expect(textsOfTokens(tokenizer, shuffled).join("")).toBe(whole(shuffled))
  expect(textsOfTokens(tokenizer, encode("a\ufffd")).join("")).toBe("a\ufffd")
})

test("a long response decodes about as many tokens as it has: not all of it for each", () => {
  let decoded = 0
  const counting = {
    decode: (...[ids, options]: [ids: Array<number>, options: Parameters<Tokenizer["decode"]>[1]]) => {
      decoded += ids.length
      return tokenizer.decode(ids, options)
    },
  }
  const ids = encode("the cat sat on the mat ".repeat(300))
  const texts = textsOfTokens(counting, ids)
  expect(texts.join("")).toBe(whole(ids))
  expect(decoded).toBeLessThan(10 * ids.length)
})
