/** Exchanging the two responses of a pair complements every win and negates every margin. */

import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { preferences } from "../../data/schema/index.ts"
import { Divergences } from "../../learning/evaluate/divergences.ts"
import { bradleyTerry } from "../../learning/judge/bradley-terry.stage.ts"
import type { Judge, TextPair } from "../../learning/judge/judge.ts"
import { judgeBy } from "../../learning/judge/judge-by.ts"
import { preferenceModelJudge } from "../../learning/judge/preference-model.ts"
import { readJudge } from "../../learning/judge/read.ts"
import { winkSentiment } from "../../learning/judge/scorers/sentiment.stage.ts"
import { ipo } from "../../learning/objective/losses.ts"
import { PreferenceLearner } from "../../learning/train/preference-learner.ts"
import { load } from "../learning/support/loss.ts"
import { MemoryTable } from "../learning/support/memory.ts"
import { oneThread, runStage } from "../learning/support/stage.ts"
import {
  easyPreferences,
  goldJudge,
  judgeFiles,
  qualities,
  sentences,
  tinyConfiguration,
  tinyPolicy,
  tokenizer,
  wildParameters,
} from "../learning/support/toy.ts"

const exchanged = (pairs: ReadonlyArray<TextPair>) => pairs.map(({ prompt, first, second }) => ({ prompt, first: second, second: first }))

const response = fc
  .array(fc.constantFrom(...qualities, "not", "very", "!", "day", "😀"), { maxLength: 6 })
  .map((words) => words.map((word) => ` ${word}`).join(""))
/** Among them pairs of equal responses, which tie. */
const pairs = fc.array(
  fc
    .record({ prompt: fc.constantFrom("the man", "a child had", ""), first: response, second: response, same: fc.nat(4) })
    .map(({ same, ...pair }) => (same === 0 ? { ...pair, second: pair.first } : pair)),
  { minLength: 1, maxLength: 9 },
)

const policy = tinyPolicy(8)
const proxy: Pick<Judge, "compare"> = preferenceModelJudge(
  {
    form: "pairwise",
    ...policy,
    parameters: { ...policy.parameters, "score.weight": Float32Array.from({ length: 16 }, (_, index) => Math.cos(index)) },
  },
  oneThread,
)

/** It likes the second response whatever it is, unless the first is much longer. */
const biased = judgeBy("biased", {
  compare: (pairs) => pairs.map(({ first, second }) => 1 / (1 + Math.exp(second.length - first.length + 3))),
})

const fitted = runStage(bradleyTerry, { preferences: new MemoryTable(preferences, easyPreferences(40)) }, { seed: 1 }).then(({ judge }) =>
  readJudge(judge, oneThread),
)

describe.each<[string, Promise<Pick<Judge, "compare">>]>([
  ["gold", readJudge(goldJudge, oneThread)],
  ["the independent scorer", readJudge(judgeFiles(winkSentiment), oneThread)],
  ["a Bradley–Terry model", fitted],
  ["a proxy", Promise.resolve(proxy)],
  ["a scorer that is biased by position", Promise.resolve(biased)],
])("the verdict of %s", (_, loading) => {
  test("is complemented, exactly, whatever else is judged in the same batch", async () => {
    const judge = await loading
    await fc.assert(
      fc.asyncProperty(pairs, fc.nat(8), async (given, from) => {
        const verdicts = await judge.compare(given)
        const others = await judge.compare(exchanged(given))
        const some = await judge.compare(given.slice(from))
        for (const [index, { outcome, probability, scores }] of verdicts.entries()) {
          const other = others[index]
          expect(other?.outcome).toBe(1 - outcome)
          expect(other?.probability).toBeCloseTo(1 - (probability as number), 12)
          if (scores !== null) expect(other?.scores).toEqual(scores.toReversed())
          if (given[index]?.first === given[index]?.second) expect(outcome).toBe(0.5)
          if (index >= from) expect(some[index - from]?.outcome).toBe(outcome)
        }
      }),
      { numRuns: 40, seed: 11 },
    )
  })
})

describe("the margin of a pair", () => {
  const sequences = sentences(24).map((text) => {
    const tokens = tokenizer.encode(text)
    return { prompt: Int32Array.of(tokenizer.endOfText, ...tokens.subarray(0, 3)), response: tokens.slice(3) }
  })
  const [reference, learned] = [wildParameters(tinyConfiguration, 1), wildParameters(tinyConfiguration, 2)]
  const model = { configuration: tinyConfiguration, parameters: reference }

  test("is negated where it is measured", async () => {
    const divergences = new Divergences(tinyConfiguration, model, oneThread)
    const margins = async (chosen: typeof sequences, rejected: typeof sequences) => {
      const [better, worse] = [await divergences.of(learned, chosen), await divergences.of(learned, rejected)]
      return better.map(({ ratio }, index) => ratio - (worse[index]?.ratio as number))
    }
    const [one, two] = [sequences.slice(0, 12), sequences.slice(12)]
    const [given, back] = [await margins(one, two), await margins(two, one)]
    expect(back).toEqual(given.map((margin) => -margin))
    expect(Math.max(...given.map(Math.abs))).toBeGreaterThan(0.1)
  })

  test("is negated where it is trained on, and ties count on neither side", async () => {
    const step = async (flip: boolean, tie: number) => {
      const learner = new PreferenceLearner(model, model, await load(ipo({ beta: 0.1 })), oneThread)
      const pairs = sequences.slice(0, 12).map(({ prompt, response }, index) => {
        const other = sequences[index + 12]?.response as Int32Array
        const [chosen, rejected] = flip ? [other, response] : [response, other]
        return { prompt, chosen, rejected, weight: index === tie ? 0 : 1 }
      })
      // The policy leaves its reference at the first step; the second one tells where it is.
      await learner.step(
        sequences.slice(0, 4).map(({ prompt, response }) => ({ prompt, chosen: response, rejected: Int32Array.of(5, 6), weight: 1 })),
        0.05,
      )
      return learner.step(pairs, 0)
    }
    for (const tie of [-1, 3]) {
      const [given, back] = [await step(false, tie), await step(true, tie)]
      expect(back.margin).toBeCloseTo(-(given.margin as number), 4)
      expect(Math.abs(given.margin as number)).toBeGreaterThan(0.01)
      expect(back.chosen_logp_change).toBeCloseTo(given.rejected_logp_change as number, 4)
      expect((back.accuracy as number) + (given.accuracy as number)).toBeCloseTo(1, 5)
    }
    expect((await step(false, 3)).margin).not.toBeCloseTo((await step(false, -1)).margin as number, 4)
  })
})
