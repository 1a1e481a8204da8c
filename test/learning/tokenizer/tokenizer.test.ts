import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { loadTokenizer } from "../../../learning/tokenizer/tokenizer.ts"
import { trainTokenizer } from "../../../learning/tokenizer/train.ts"

const vocabulary =
  "the a of and to in was he she it is for on that as with his her from by at an old man woman child garden river house walked sang quickly happily , . ; ' \" ( ) don't it's well-known 42 1984 naïve café".split(
    " ",
  )
/** Sentences of the shape that the shipped corpora have: words separated by single spaces. */
const sentences = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 20 }).map((words) => words.join(" "))
const anyText = fc.string({ unit: "binary", maxLength: 60 })

const files = trainTokenizer(fc.sample(sentences, { seed: 1, numRuns: 500 }), { vocabularySize: 384 })
const { decode, encode, endOfText, vocabularySize } = loadTokenizer(files.tokenizer, files.config)

describe("decode(encode(text)) is text", () => {
  test.each([
    "Hello , world",
    "",
    " ",
    "  two  spaces \n\t and lines\r\n",
    "don 't , it 's ( ok ) .",
    "😀 👩‍👩‍👧 é e\u0301 \u0000 \ufeff中文",
    "__proto__ constructor",
  ])("for %j", (text) => expect(decode(encode(text))).toBe(text))

  test("for any well-formed Unicode", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, sentences), (text) => {
        expect(decode(encode(text))).toBe(text)
      }),
    )
  })

  test("with the special token inside", () => {
    const ids = encode("one<|endoftext|>two")
    expect(ids).toContain(endOfText)
    expect(decode(ids)).toBe("one<|endoftext|>two")
    expect(encode("one two")).not.toContain(endOfText)
  })
})

test("the ids of prompt and response are the ids of both together", () => {
  const both = (prompt: string, response: string) => {
    expect([...encode(prompt), ...encode(response)]).toEqual([...encode(prompt + response)])
  }
  fc.assert(fc.property(sentences, sentences, (prompt, rest) => both(prompt, ` ${rest}`)))
  // Not only there: wherever white space begins the second and does not end the first.
  fc.assert(fc.property(anyText, anyText, fc.constantFrom(" ", "\n", "  "), (prompt, rest, space) => both(prompt.trimEnd(), space + rest)))
})

test("looked-up words have the ids that the library gives to the whole text", () => {
  const inner = new HuggingFaceTokenizer(JSON.parse(files.tokenizer), JSON.parse(files.config))
  fc.assert(
    fc.property(fc.oneof(anyText, sentences, fc.string({ unit: fc.constantFrom(" ", "\n", "'", "s", "l", "é", "1", ".") })), (text) => {
      expect(inner.encode(text, { add_special_tokens: false }).ids).toEqual([...encode(text)])
      // By default, as in transformers, a text is a prompt: it starts with the token that every
      // policy reads first.
      expect(inner.encode(text).ids).toEqual([endOfText, ...encode(text)])
    }),
  )
})

test("a loaded tokenizer has the vocabulary that was trained", () => {
  expect(vocabularySize).toBe(384)
  expect(endOfText).toBe(0)
  for (const id of encode("the old man walked to the river")) expect(id).toBeLessThan(vocabularySize)
})

test("decoding takes any list of ids, and none", () => {
  expect(decode([])).toBe("")
  expect(decode(Int32Array.of(endOfText))).toBe("<|endoftext|>")
  // The first byte of a character without the rest of it.
  expect(decode([...encode("é")].slice(0, 1))).toMatch(/^(é|\ufffd)$/)
})

test.each([384, -1, 0.5, Number.NaN])("%s is refused as an id", (id) => {
  expect(() => decode([1, id])).toThrow(RangeError)
})

test("encoding is fast enough to be done on the way", () => {
  const texts = fc.sample(sentences, { seed: 2, numRuns: 2000 })
  const start = performance.now()
  for (const text of texts) encode(text)
  // Some hundreds of thousands a second when this was written; the bar leaves room for a busy
  // machine.
  expect(2000 / ((performance.now() - start) / 1000)).toBeGreaterThan(5000)
})

test("what is no such tokenizer is refused, and the file named", () => {
  const refused = (file: string) => expect.objectContaining({ tag: "TokenizerFile", details: { file } })
  const edited = (edit: (content: string) => string) => () => loadTokenizer(edit(files.tokenizer), files.config)
  expect(edited(() => "{")).toThrow(refused("tokenizer.json"))
  expect(edited(() => "{}")).toThrow(refused("tokenizer.json"))
  expect(edited((content) => content.replaceAll("<|endoftext|>", "<s>"))).toThrow(refused("tokenizer.json"))
  expect(edited((content) => content.replaceAll('"add_prefix_space": false', '"add_prefix_space": true'))).toThrow(
    refused("tokenizer.json"),
  )
  expect(() => loadTokenizer(files.tokenizer, "null")).toThrow(refused("tokenizer_config.json"))
})
