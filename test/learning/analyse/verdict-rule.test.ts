import { expect, test } from "vitest"
import { assessRule, measuredSpread } from "../support/assess-rule.ts"

/** Few prompts with the noise of a quarter as much each, so that it takes seconds; the whole table is a slow test. */
test("on simulated studies intervals hold what they say, false verdicts are rare and effects are found", () => {
  const spread = { ...measuredSpread, prompt: measuredSpread.prompt / 4, response: measuredSpread.response / 4 }
  const { coverage, falseSupport, falseRefutation, powerLarge, detectable } = assessRule({ worlds: 4, seeds: 2, prompts: 32, spread }, 60)
  expect(coverage).toBeGreaterThan(0.92)
  expect(coverage).toBeLessThan(0.98)
  // 2.5 % each: of 60 studies, seven are beyond the 99.9th percentile.
  expect(falseSupport * 60).toBeLessThan(7)
  expect(falseRefutation * 60).toBeLessThan(7)
  expect(powerLarge).toBeGreaterThan(0.8)
  expect(detectable).toBeLessThan(0.035)
})
