import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { batchSequences, compileLogProbability, type Sequence, sequenceLength } from "../../../learning/policy/sequence.ts"
import { tokenLogProbabilities } from "../support/scores.ts"
import { oneThread } from "../support/stage.ts"
import { wildParameters } from "../support/toy.ts"

const configuration = { vocabulary: 31, context: 24, width: 16, layers: 2, heads: 2 }
const parameters = wildParameters(configuration, 2)

const tokens = (from: number, to: number) =>
  fc
    .array(fc.integer({ min: 0, max: configuration.vocabulary - 1 }), { minLength: from, maxLength: to })
    .map((list) => Int32Array.from(list))
const sequence: fc.Arbitrary<Sequence> = fc.record({ prompt: tokens(1, 10), response: tokens(1, 12) })

const logProbabilities = async (sequences: ReadonlyArray<Sequence>, length: number, fill = 0): Promise<Float32Array> => {
  const batch = batchSequences(sequences, length)
  for (const [row, { prompt, response }] of sequences.entries())
    batch.tokens.fill(fill, row * length + prompt.length + response.length, (row + 1) * length)
  const program = await compileLogProbability(configuration, batch.rows, length, oneThread)
  return (await program.run({ tokens: batch.tokens, mask: batch.mask, ...parameters })).logp as Float32Array
}

describe("the mask", () => {
  test("marks the tokens of the response and no other", () => {
    fc.assert(
      fc.property(fc.array(sequence, { minLength: 1, maxLength: 5 }), (sequences) => {
        const length = sequenceLength(sequences, configuration.context)
        const batch = batchSequences(sequences, length)
        for (const [row, { prompt, response }] of sequences.entries()) {
          const all = batch.tokens.subarray(row * length, (row + 1) * length)
          const mask = batch.mask.subarray(row * (length - 1), (row + 1) * (length - 1))
          // Position t predicts token t + 1.
          const scored = [...mask.keys()].filter((position) => mask[position] === 1).map((position) => position + 1)
          expect(scored).toEqual(Array.from(response, (_, place) => prompt.length + place))
          expect(scored.map((place) => all[place])).toEqual([...response])
          expect([...all.subarray(0, prompt.length)]).toEqual([...prompt])
        }
      }),
    )
  })

  test("leaves out what a batch has no room for", () => {
    const long = { prompt: Int32Array.of(1, 2, 3), response: new Int32Array(10).fill(4) }
    const batch = batchSequences([long, { prompt: new Int32Array(9).fill(5), response: Int32Array.of(6) }], 8)
    expect([...batch.tokens]).toEqual([1, 2, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5])
    expect([...batch.mask]).toEqual([0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
  })

  test("is as long as the longest sequence, rounded up, and never longer than the context", () => {
    const of = (length: number) => ({ prompt: Int32Array.of(0), response: new Int32Array(length - 1) })
    expect([2, 8, 9, 23, 24, 40].map((length) => sequenceLength([of(2), of(length)], 24))).toEqual([8, 8, 16, 24, 24, 24])
    expect(sequenceLength([of(19)], 20)).toBe(20)
  })
})

describe("the log-probability of a response", () => {
  const sequences = fc.sample(sequence, { seed: 3, numRuns: 8 })

  test("is the sum of those of its tokens, each given all before it", async () => {
    const found = await logProbabilities(sequences, 24)
    for (const [row, { prompt, response }] of sequences.entries()) {
      const each = await tokenLogProbabilities(configuration, parameters, [...prompt, ...response])
      const expected = Array.from(response, (token, place) => each[prompt.length + place - 1]?.[token] as number)
      expect(found[row]).toBeCloseTo(
        expected.reduce((sum, value) => sum + value, 0),
        3,
      )
    }
  })

  test("does not depend on how far the batch is padded, with what, or on who else is in it", async () => {
    const alone = await Promise.all(sequences.map(async (each) => (await logProbabilities([each], 24))[0] as number))
    const longest = sequenceLength(sequences, configuration.context)
    for (const found of [
      await logProbabilities(sequences, longest),
      await logProbabilities(sequences, 24, 17),
      (await logProbabilities(sequences.toReversed(), longest)).reverse(),
    ]) {
      for (const [row, value] of alone.entries()) expect(found[row]).toBeCloseTo(value, 3)
    }
  })

  test("takes no part of the prompt: two halves of a response add up to the whole", async () => {
    const all = Int32Array.of(1, 9, 4, 22, 7, 13, 2, 30)
    const split = (at: number, to: number) => ({ prompt: all.slice(0, at), response: all.slice(at, to) })
    const [whole = 0, first = 0, second = 0] = await logProbabilities([split(2, 8), split(2, 5), split(5, 8)], 8)
    expect(first + second).toBeCloseTo(whole, 4)
    expect(first).toBeLessThan(-1)
  })
})
