import * as tf from "@tensorflow/tfjs"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { compile, type EngineSetting, type Values } from "../../../engine/index.ts"
import { gpt2 } from "../../../learning/policy/architecture/gpt2.ts"
import { packSequences, type Sequence } from "../../../learning/policy/packing.ts"
import { compileLogProbability, sequenceLogProbability } from "../../../learning/policy/sequence.ts"
import { parameterSpecs } from "../../../learning/policy/specs.ts"
import { tokenLogProbabilities } from "../support/scores.ts"
import { oneThread } from "../support/stage.ts"
import { wildParameters } from "../support/toy.ts"

const configuration = gpt2({ vocabulary: 31, context: 24, width: 16, layers: 2, heads: 2 })
const parameters = wildParameters(configuration, 2)

const tokens = (from: number, to: number) =>
  fc
    .array(fc.integer({ min: 0, max: configuration.vocabulary - 1 }), { minLength: from, maxLength: to })
    .map((list) => Int32Array.from(list))
const sequence: fc.Arbitrary<Sequence> = fc.record({ prompt: tokens(1, 10), response: tokens(1, 12) })

const logProbabilities = async (sequences: ReadonlyArray<Sequence>, engine: EngineSetting = oneThread): Promise<Float32Array> => {
  const { specs, values } = packSequences(sequences, configuration.context)
  const program = await compileLogProbability(configuration, specs, engine)
  return (await program.run({ ...values, ...parameters })).logp as Float32Array
}

describe("the log-probability of a response", () => {
  const sequences = fc.sample(sequence, { seed: 3, numRuns: 8 })

  test("is the sum of those of its tokens, each given all before it", async () => {
    const found = await logProbabilities(sequences)
    for (const [row, { prompt, response }] of sequences.entries()) {
      const each = await tokenLogProbabilities(configuration, parameters, [...prompt, ...response])
      const expected = Array.from(response, (token, place) => each[prompt.length + place - 1]?.[token] as number)
      expect(found[row]).toBeCloseTo(
        expected.reduce((sum, value) => sum + value, 0),
        3,
      )
    }
  })

  test("does not depend on who else is in the batch, on their order, or on the engine", async () => {
    const alone = await Promise.all(sequences.map(async (each) => (await logProbabilities([each]))[0] as number))
    for (const found of [
      await logProbabilities(sequences),
      await logProbabilities(sequences, { ...oneThread, engine: "cpu" }),
      (await logProbabilities(sequences.toReversed())).reverse(),
    ]) {
      for (const [row, value] of alone.entries()) expect(found[row]).toBeCloseTo(value, 3)
    }
  })

  test("and its gradient are the same where two rows share their prompt", async () => {
    const [first, second] = [Int32Array.of(4, 8, 1), Int32Array.of(9, 2)]
    const prompt = Int32Array.of(0, 5, 6)
    const pair = [first, second].map((response) => ({ prompt, response }))
    const stranger = { prompt: Int32Array.of(0, 5, 7), response: Int32Array.of(3) }
    // The prompt of the third is another, and so a fourth row is the first to have the prompt
    // again.
    const together = await slopes([...pair, stranger, stranger])
    const [one, other, last] = [await slopes([pair[0] as Sequence]), await slopes([pair[1] as Sequence]), await slopes([stranger])]
    for (const [name, slope] of Object.entries(together)) {
      for (const [index, value] of slope.entries()) {
        const sum = (one[name]?.[index] as number) + (other[name]?.[index] as number) + 2 * (last[name]?.[index] as number)
        expect(Math.abs(value - sum), `${name}[${index}]`).toBeLessThan(1e-3 * Math.max(1, Math.abs(sum)))
      }
    }
  })

  test("takes no part of the prompt: two halves of a response add up to the whole", async () => {
    const all = Int32Array.of(1, 9, 4, 22, 7, 13, 2, 30)
    const split = (at: number, to: number) => ({ prompt: all.slice(0, at), response: all.slice(at, to) })
    const [whole = 0, first = 0, second = 0] = await logProbabilities([split(2, 8), split(2, 5), split(5, 8)])
    expect(first + second).toBeCloseTo(whole, 4)
    expect(first).toBeLessThan(-1)
  })
})

/** Gradient of the sum of log-probabilities by every parameter. */
const slopes = async (sequences: ReadonlyArray<Sequence>): Promise<Readonly<Record<string, Values>>> => {
  const { specs, values } = packSequences(sequences, configuration.context)
  const names = Object.keys(parameters)
  const program = await compile(
    (inputs) => {
      const total = (...given: Array<tf.Tensor>) => {
        const own = Object.fromEntries(names.map((name, index) => [name, given[index] as tf.Tensor]))
        return tf.sum(sequenceLogProbability(configuration, own, inputs)) as tf.Scalar
      }
      const found = tf.grads(total)(names.map((name) => inputs[name] as tf.Tensor))
      return Object.fromEntries(names.map((name, index) => [name, found[index] as tf.Tensor]))
    },
    { ...specs, ...parameterSpecs(configuration) },
    oneThread,
  )
  return program.run({ ...values, ...parameters })
}
