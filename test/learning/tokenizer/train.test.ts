import fc from "fast-check"
import { expect, test } from "vitest"
import { type CountedWord, learnMerges, type Merges } from "../../../learning/tokenizer/merges.ts"
import { trainTokenizer } from "../../../learning/tokenizer/train.ts"

/** The definition: count every pair again before each merge. */
const learnMergesByRecounting = (words: ReadonlyArray<CountedWord>, base: ReadonlyArray<string>, vocabularySize: number): Merges => {
  const vocabulary = [...base]
  const merges: Array<readonly [string, string]> = []
  let current = words.map(({ ids, count }) => ({ ids: [...ids], count }))
  while (vocabulary.length < vocabularySize) {
    const counts = new Map<string, number>()
    for (const { ids, count } of current) {
      for (let i = 0; i + 1 < ids.length; i++) counts.set(`${ids[i]} ${ids[i + 1]}`, (counts.get(`${ids[i]} ${ids[i + 1]}`) ?? 0) + count)
    }
    const [best] = [...counts]
      .map(([pair, count]) => ({ count, pair: pair.split(" ").map(Number) as [number, number] }))
      .sort((a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1])
    if (best === undefined) break
    const [left, right] = best.pair
    const names = [vocabulary[left] as string, vocabulary[right] as string] as const
    const entry = names.join("")
    if (!vocabulary.includes(entry)) vocabulary.push(entry)
    if (!merges.some((merge) => merge.join(" ") === names.join(" "))) merges.push(names)
    const id = vocabulary.indexOf(entry)
    current = current.map(({ ids, count }) => {
      const joined: Array<number> = []
      for (let i = 0; i < ids.length; i++) {
        const match = ids[i] === left && ids[i + 1] === right
        joined.push(match ? id : (ids[i] as number))
        if (match) i += 1
      }
      return { ids: joined, count }
    })
  }
  return { vocabulary, merges }
}

test("counts kept up to date give the same merges as counting from the start", () => {
  const word = fc.record({ ids: fc.array(fc.nat(2), { minLength: 1, maxLength: 12 }), count: fc.integer({ min: 1, max: 4 }) })
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), fc.integer({ min: 3, max: 30 }), (words, size) => {
      const counted = () => words.map(({ ids, count }) => ({ ids: Int32Array.from(ids), count }))
      const base = ["a", "b", "c"]
      expect(learnMerges(counted(), base, size)).toEqual(learnMergesByRecounting(counted(), base, size))
    }),
    { numRuns: 1000 },
  )
})

const texts = ["the cat sat on the mat , and the dog sat on the cat .", "she sells sea shells on the sea shore", "naïve café 😀 42"]

test("training twice gives equal bytes, in whatever order the texts come", () => {
  const first = trainTokenizer(texts, { vocabularySize: 300 })
  expect(trainTokenizer(texts, { vocabularySize: 300 })).toEqual(first)
  expect(trainTokenizer([...texts].reverse(), { vocabularySize: 300 })).toEqual(first)
})

test("equally frequent pairs are joined in the order of their ids", () => {
  const { tokenizer } = trainTokenizer(["xy", "ab", "cd"], { vocabularySize: 260 })
  expect(JSON.parse(tokenizer).model.merges).toEqual(["a b", "c d", "x y"])
})

test("the special token comes first, then bytes by their character, then merges", () => {
  const { tokenizer } = trainTokenizer(texts, { vocabularySize: 300 })
  const { vocab, merges } = JSON.parse(tokenizer).model as { vocab: Record<string, number>; merges: ReadonlyArray<string> }
  expect(Object.keys(vocab)).toHaveLength(300)
  expect(vocab).toMatchObject({ "<|endoftext|>": 0, "!": 1, a: 65, Ġ: 221 })
  expect(merges).toHaveLength(300 - 257)
  for (const [rank, merge] of merges.entries()) expect(vocab[merge.replace(" ", "")]).toBe(257 + rank)
})

test("texts that hold few pairs give a smaller vocabulary", () => {
  const { tokenizer } = trainTokenizer(["abc"], { vocabularySize: 4096 })
  expect(Object.keys(JSON.parse(tokenizer).model.vocab)).toHaveLength(259)
})

test("a word that JavaScript objects treat specially is an entry like any other", () => {
  const { tokenizer } = trainTokenizer(Array(9).fill("__proto__"), { vocabularySize: 300 })
  expect(tokenizer).toContain('"__": ')
  expect(tokenizer).toContain('"proto": ')
})

test.each([0, 256, 300.5, 65_537, Number.NaN])("a vocabulary of %s is refused", (vocabularySize) => {
  expect(() => trainTokenizer(texts, { vocabularySize })).toThrow(expect.objectContaining({ tag: "VocabularySize" }))
})

test("training on nothing is refused", () => {
  expect(() => trainTokenizer([], { vocabularySize: 300 })).toThrow(expect.objectContaining({ tag: "NoText" }))
  expect(() => trainTokenizer(["", ""], { vocabularySize: 300 })).toThrow(expect.objectContaining({ tag: "NoText" }))
})
