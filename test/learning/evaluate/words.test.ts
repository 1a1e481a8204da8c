import { expect, test } from "vitest"
import { commonest, distinct, responseWords, without, wordsOf } from "../../../learning/evaluate/words.ts"

test("words are letters in any script, with hyphens and apostrophes inside", () => {
  expect(wordsOf("Don't cry-over 3 naïve 'Straßen', Ελλάδα!")).toEqual(["don't", "cry-over", "naïve", "straßen", "ελλάδα"])
})

test("a word that prompt and response share is the response's, whole words of the prompt are not", () => {
  expect(responseWords("the wonder", "ful day")).toEqual(["wonderful", "day"])
  expect(responseWords("the wonder", " of it")).toEqual(["of", "it"])
  expect(responseWords("the wonder", ".")).toEqual([])
})

test("distinct n-grams are counted over all texts, and none has no share", () => {
  const texts = [
    ["a", "b", "a"],
    ["a", "b"],
  ]
  expect(distinct(texts, 1)).toBe(2 / 5)
  expect(distinct(texts, 2)).toBe(2 / 3)
  expect(distinct(texts, 4)).toBeNull()
})

test("the commonest words are in most texts, however often in one, and equals go by the alphabet", () => {
  const texts = [
    ["x", "x", "x", "b"],
    ["b", "a"],
    ["a", "no"],
  ]
  expect([...commonest(texts, 3, (word) => word !== "no")]).toEqual(["a", "b", "x"])
})

test("words are taken out whole, in any case", () => {
  expect(without("Happy, unhappy and happy", new Set(["happy"]))).toBe(", unhappy and ")
})
