import fc from "fast-check"
import { expect, test } from "vitest"
import { Prefixes } from "../../data/prefixes.ts"
import { splitBy, splitOf } from "../../data/split.ts"

const word = fc.string({ unit: fc.constantFrom("a", "b", "é", "😀"), maxLength: 5 })

test("every text that begins another is found, the longest first, and nothing else", () => {
  fc.assert(
    fc.property(fc.array(word), word, (texts, text) => {
      const expected = [...new Set(texts)].filter((each) => text.startsWith(each)).sort((one, other) => other.length - one.length)
      expect([...new Prefixes(texts).of(text)]).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})

test("a text is of the split that the shortest prompt draws which begins it, and the fraction is that of the draws", () => {
  fc.assert(
    fc.property(fc.array(word), word, (prompts, text) => {
      const [shortest] = prompts.filter((prompt) => text.startsWith(prompt)).sort((one, other) => one.length - other.length)
      expect(splitBy("t", prompts, 0.5)(text)).toBe(shortest === undefined ? "train" : splitOf("t", shortest, 0.5))
    }),
  )
  const tests = Array.from({ length: 4000 }, (_, index) => splitOf("t", `key ${index}`, 0.25)).filter((split) => split === "test").length
  expect(Math.abs(tests - 1000)).toBeLessThan(5 * Math.sqrt(4000 * 0.25 * 0.75))
})
