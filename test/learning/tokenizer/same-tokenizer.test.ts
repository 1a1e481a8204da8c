import { expect, test } from "vitest"
import { isSameTokenizer } from "../../../learning/tokenizer/same-tokenizer.ts"
import { trainTokenizer } from "../../../learning/tokenizer/train.ts"

const { tokenizer } = trainTokenizer(["the cat sat on the mat", "the dog sat"], { vocabularySize: 270 })

type Parsed = Record<"model" | "decoder" | "pre_tokenizer", Record<string, unknown>> & { post_processor?: unknown }

const edited = (edit: (file: Parsed) => void): string => {
  const file = JSON.parse(tokenizer) as Parsed
  edit(file)
  return JSON.stringify(file)
}

test("a tokenizer that transformers has saved again is the same", () => {
  const saved = edited(({ model, decoder }) => {
    Object.assign(model, {
      merges: (model.merges as ReadonlyArray<string>).map((merge) => merge.split(" ")),
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
    })
    Object.assign(decoder, { add_prefix_space: true })
  })
  expect(saved).not.toBe(tokenizer)
  expect(isSameTokenizer(saved, tokenizer)).toBe(true)
})

test.each([
  ["another merge", edited(({ model }) => (model as { merges: Array<string> }).merges.reverse())],
  ["another token", edited(({ model }) => Object.assign(model.vocab as object, { more: 270 }))],
  ["no token in front", edited((file) => delete file.post_processor)],
  ["a space in front", edited(({ pre_tokenizer }) => Object.assign(pre_tokenizer, { add_prefix_space: true }))],
])("a tokenizer with %s is another", (_, other) => {
  expect(isSameTokenizer(other, tokenizer)).toBe(false)
})
