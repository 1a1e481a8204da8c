import { expect, test } from "vitest"
import { PairBatch } from "../../../learning/policy/pair-batch.ts"
import { tokenizePair } from "../../../learning/policy/token-pair.ts"
import { ReferenceLogProbabilities } from "../../../learning/train/reference-log-probabilities.ts"
import { oneThread } from "../support/stage.ts"
import { easyPreferences, tinyPolicy, tokenizer } from "../support/toy.ts"

const policy = tinyPolicy(1)
const pairs = easyPreferences(8).map((row, place) => ({ ...tokenizePair(tokenizer, row), place }))
const batchOf = (some: typeof pairs) => new PairBatch(some, policy.configuration.context)

/** The same policy with weights that are not numbers: whatever it computes shows. */
const spoil = (): void => {
  for (const values of Object.values(spoilt.parameters)) values.fill(Number.NaN)
}
const spoilt = { ...policy, parameters: structuredClone(policy.parameters) }

test("a pair that comes again is not computed again, in any order, and after a resumption neither", async () => {
  const known = new ReferenceLogProbabilities(spoilt, oneThread)
  const [one, two] = [pairs.slice(0, 4), pairs.slice(4)]
  const first = await known.of(batchOf(one))
  const second = await known.of(batchOf(two))
  spoil()
  const mixed = [pairs[5], pairs[0]] as typeof pairs
  const expected = [second[1], first[0], second[5], first[4]]
  expect([...(await known.of(batchOf(mixed)))]).toEqual(expected)
  const resumed = new ReferenceLogProbabilities(spoilt, oneThread)
  resumed.restore(known.snapshot())
  expect([...(await resumed.of(batchOf(mixed)))]).toEqual(expected)
})

test("pairs without a place are computed each time, and those that are not known yet", async () => {
  const known = new ReferenceLogProbabilities(policy, oneThread)
  const some = pairs.slice(0, 2)
  const values = await known.of(batchOf(some))
  expect(values.every((value) => value < 0)).toBe(true)
  const anonymous = some.map(({ place: _, ...pair }) => pair)
  expect(await known.of(new PairBatch(anonymous, policy.configuration.context))).toEqual(values)
  const more = pairs.slice(1, 3)
  const both = await known.of(batchOf(more))
  expect(both[0]).toBe(values[1])
  expect(both[1]).toBeLessThan(0)
})
